"""Finds what must not be kept about people: numbers that reach or identify them, and names that they are introduced by.

It tells only what can be told without guessing. A bare name is not seen, nor a number spelt out in characters.
"""

import datetime
import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from recommender.language import Bilingual


class Kind(StrEnum):
    """What was found."""

    PHONE = "phone_number"
    ID_CARD = "id_card_number"
    EMAIL = "email_address"
    NAME = "name_of_a_person"

    @property
    def message(self) -> Bilingual:
        """What was found and what to do, without the value."""
        return _MESSAGES[self]


_MESSAGES: Mapping[Kind, Bilingual] = {
    Kind.PHONE: Bilingual(
        "含有电话号码；这里不保存联系方式，请删去后重试。",
        "Holds a phone number; no means of contact is kept here: leave it out and try again.",
    ),
    Kind.ID_CARD: Bilingual(
        "含有身份证号码；这里不保存证件号码，请删去后重试。",
        "Holds the number of an identity card; none is kept here: leave it out and try again.",
    ),
    Kind.EMAIL: Bilingual(
        "含有电子邮箱地址；这里不保存联系方式，请删去后重试。",
        "Holds an e-mail address; no means of contact is kept here: leave it out and try again.",
    ),
    Kind.NAME: Bilingual(
        "含有人的姓名；这里不保存姓名，请删去后重试。",
        "Holds the name of a person; none is kept here: leave it out and try again.",
    ),
}
PERSONAL_FIELD_NAME = Bilingual(
    "有字段名含个人信息（电话、证件号码、邮箱或姓名）；字段名请见文档，内容请删去。",
    "The name of a field holds a phone number, an id number, an e-mail address or a person's name: leave it out, and see the "
    "documentation for the fields.",
)
NOT_OPAQUE = Bilingual(
    "学员编号只能由字母、数字和 . _ : @ - 组成，且不得含有电话、证件号码或邮箱。请换用看不出是谁的编号。",
    "The id of a learner may hold letters, digits and . _ : @ - only, and no phone number, id number or e-mail address; "
    "take one that does not tell who it is.",
)

OPAQUE = "[A-Za-z0-9._:@-]+"
"""What the id of a learner is made of."""

_OPAQUE_ID = re.compile(OPAQUE)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_DIGEST = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|(?=(?:\d*[A-Fa-f]){3})[0-9A-Fa-f]{16,128})(?![0-9A-Za-z])"
)  # UUIDs and hashes: chance puts the digits of a phone number into one of some thousands
_MANY_DIGITS = re.compile(r"\d(?:[\W_]{0,3}\d){6}")

_GAP = r" ?[-\u2010-\u2015\u2212.·•_()]? ?"
_START, _END = r"(?<!\d)(?<!\d\.)", r"(?!\d|\.\d)"
_REGION = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])\d{4}"
_ID_CARD = re.compile(
    rf"{_START}{_REGION}(?:{_GAP}(?P<long>(?:19|20)\d{{6}}){_GAP}\d{{3}}[\dXx]|(?P<short>\d{{6}})\d{{3}}){_END}"
)
_CHINA = rf"(?:(?:\+|00)? ?\(?86{_GAP})"
_PHONE = re.compile(
    "|".join(
        (
            rf"{_START}(?:{_CHINA}|0)?\(?1[3-9]\d(?:{_GAP}\d{{4}}{_GAP}\d{{4}}|{_GAP}\d{{3}}{_GAP}\d{{5}}|\d{_GAP}\d{{3}}{_GAP}\d{{4}}){_END}",
            rf"{_START}(?:{_CHINA}\(?0?|\(?0)(?:10|2\d|[3-9]\d\d)(?:{_GAP}[2-8]|(?! ?\d){_GAP}[19])\d{{2,3}}{_GAP}\d{{4}}{_END}",
            rf"(?<![\w+])(?:\+|00)(?:852|853|886)(?:{_GAP}\d){{8,9}}{_END}",
            rf"(?<![\w+])\+(?:1(?:{_GAP}\d){{10}}|[2-9](?:{_GAP}\d){{9,13}}){_END}",
            rf"(?:电话|電話|手机|手機|座机|(?<![A-Za-z])(?i:tel|phone|mobile))(?:号码|號碼|号|是|为|[:. ])*[2-8]\d{{2,3}}{_GAP}\d{{4}}{_END}",
        )
    )
)
_EMAIL = re.compile(r"[A-Za-z0-9_%+-]@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}(?![A-Za-z0-9-])")

_HAN = "\u4e00-\u9fff"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪"
    "田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞"
    "章鲁葛伍韦申尤毕聂焦柳邢路岳齐梅莫庄辛祝左涂谷祁舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲游阳裴席卫查屈鲍霍翁隋甘景柯阮桂闵冉"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻鍾陸鄒龍萬錢湯賴龔龐蘭嚴溫蘆韋畢聶齊莊關淩費紀歐項陽衛閔"
)
_COMPOUNDS = "欧阳|歐陽|上官|司马|司馬|诸葛|諸葛|司徒|慕容|夏侯|皇甫|令狐|尉迟|公孙|宇文|端木|南宫|长孙"
# what begins like a name and is none: trades, places, things
_WORDS = (
    "高级|高中|高技|高压|高职|高校|高空|高炉|高速|高温|高低|高新|高处|高端|高铁|高度|高考|高效|高层|高管|高龄|高等|高性|高分|高频|"
    "施工|程序|安全|安装|安检|安监|安防|安徽|安排|安庆|安阳|文员|文化|文档|文秘|文职|文科|文件|方便|方向|方法|方案|方式|方面|于是|于二|"
    "毕业|曾经|曾任|曾做|曾在|曾获|曾从|曾是|曾于|曾参|常年|常用|常见|常规|常住|常驻|常州|常德|万能|万用|万元|万分|金属|金工|金融|金蝶|"
    "石油|石化|石材|石膏|石家|康复|江苏|江西|江门|江南|温州|温控|温度|黄金|黄山|黄石|黄冈|林业|林场|林区|白领|白班|白案|白酒|毛坯|毛线|马上|"
    "马达|雷达|罗湖|罗定|孔加|龙门|龙岗|龙华|龙岩|梁柱|梁山|梅州|梅林|梅县|钟表|任职|任务|任教|任何|任意|范围|易于|易燃|武汉|武术|武义|兰州|陶瓷|陶艺|"
    "段长|段落|关于|关键|关注|关节|关系|项目|路由|路线|路政|路桥|齐全|左右|左侧|章节|章程|申请|申报|申领|季度|季节|游戏|游客|游泳|阳江|阳光|阳台|卫生|卫浴|"
    "查询|查找|查看|查验|曲轴|曲线|曲面|盛装|童装|景观|景区|焦化|焦作|费用|柳州|柳工|严重|严格|庄园|牛仔|牛奶|谷物|苗木|苗圃|舒适|凌晨|凌云|洪水|洪湖|席位|"
    "余料|余姚|余热|唐山|宋体|宋代|夏季|夏天|秦皇|田间|田径|丁字|丁烷|丁酸|史料|顾客|顾问|孟加|钱包|汤包|徐州|徐闻|胡同|朱砂|沈阳|苏州|苏北|杜绝|杜邦|陆地|陆丰|陆河|"
    "郑州|韩国|韩语|韩式|曹县|魏县|叶片|叶轮|戴尔|石英|石墨|何时|何种|何处|谢谢|许多|许可|许昌|傅里|贺州|常务|于都|杨梅|王者|周末|周一|周二|周三|周四|周五|周六|周日|周期|周边|"
    "吴川|吴江|吴忠|马鞍|马来|辛苦|祝愿|翁源|霍尔|甘肃|桂林|贾汪|邓州|董事|董秘|鲁班|葛洲|伍拾|万宁|万州|温岭"
)
_NO_GIVEN_NAME = "人工员师生长户级岁族区市县省镇村厂"
_TITLES = "先生|女士|小姐"
_BEHIND = rf"(?=$|[^{_HAN}A-Za-z]|男|女|{_TITLES}|电话|電話|手机|手機|年龄|今年|性别|身份|联系|来自|工号|住在)"
_PERSON = rf"(?!{_WORDS})(?:{_COMPOUNDS}|[{_SURNAMES}])(?:{_TITLES}|[{_HAN}]{{1,2}}"
_CHINESE_NAME = re.compile(
    "|".join(
        (
            rf"我(?:的?(?:名字|姓名))?(?:叫做?|叫作)[: ]*{_PERSON})",
            rf"(?:姓名|名字|联系人|聯繫人|聯絡人|负责人|经办人|收件人)(?:[:=是为叫 ]+{_PERSON})|{_PERSON})){_BEHIND}",
            rf"本人(?:姓名|名字|名)?[:叫是为, ]*{_PERSON}(?<![{_NO_GIVEN_NAME}])){_BEHIND}",
        )
    )
)
_CUE = re.compile(
    "我叫|名字|姓名|联系人|聯繫人|聯絡人|负责人|经办人|收件人|本人|name|Name|NAME|ｎａｍｅ|Ｎａｍｅ|@|＠|﹫"
)
_PINYIN = (
    "Wang|Li|Zhang|Liu|Chen|Yang|Zhao|Huang|Zhou|Wu|Xu|Sun|Hu|Zhu|Gao|Lin|He|Guo|Ma|Luo|Liang|Song|Zheng|Xie|Han|Tang|Feng|Dong|Xiao|Cheng|Cao|Yuan|"
    "Deng|Fu|Shen|Zeng|Peng|Lü|Lu|Su|Jiang|Cai|Jia|Ding|Wei|Xue|Ye|Yan|Yu|Pan|Du|Dai|Xia|Zhong|Tian|Ren|Fan|Fang|Shi|Yao|Tan|Liao|Zou|Xiong|Jin|Hao"
)
_ENGLISH_NAME = re.compile(
    rf"(?i:my name(?:'s| is)) +(?:[A-Z][a-z]+|{_PERSON}))"
    rf"|(?<![A-Za-z_])(?<![A-Za-z] )(?i:(?:(?:full|my) )?name)(?: *[:=] *| is +)"
    rf"(?:(?:{_PINYIN}) +[A-Z][a-z]+|[A-Z][a-z]+ +(?:{_PINYIN})(?![a-z])|{_PERSON}){_BEHIND})"
)


def found(text: str) -> Kind | None:
    """Return what `text` holds that must not be kept, the gravest first; None when nothing is seen."""
    if not (_MANY_DIGITS.search(text) or _CUE.search(text)):
        return None  # most texts: NFKC takes ten times as long
    plain = text if text.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    if _MANY_DIGITS.search(plain):
        digits = _DIGEST.sub(" ", plain)
        if any(_born(card) for card in _ID_CARD.finditer(digits)):
            return Kind.ID_CARD
        if any(map(_free, _PHONE.finditer(digits))):
            return Kind.PHONE
    if "@" in plain and _EMAIL.search(plain):
        return Kind.EMAIL
    return Kind.NAME if _introduced(plain) else None


def is_opaque(learner_id: str) -> bool:
    """Tell whether the id of a learner says nothing of who it is."""
    return _OPAQUE_ID.fullmatch(learner_id) is not None and found(learner_id) is None


def _introduced(plain: str) -> bool:
    if not plain.isascii() and _CHINESE_NAME.search(plain):
        return True
    return "name" in plain.lower() and _ENGLISH_NAME.search(plain) is not None


def _born(card: re.Match[str]) -> bool:
    """Tell whether the number of a card holds a day of birth."""
    day = card["long"] or f"19{card['short']}"
    try:
        datetime.date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return False
    return _free(card)


def _free(number: re.Match[str]) -> bool:
    """Tell whether a number stands for itself, and not in the middle of a code's letters."""
    before, behind = number.string[: number.start()][-1:], number.string[number.end() :][:1]
    return not (before.isascii() and before.isalpha() and behind.isascii() and behind.isalpha())
