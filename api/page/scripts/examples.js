/** Whom the page shows at first, and whom one may try: invented people and an invented enterprise. */
import { city } from "./city.js";

export const LEARNERS = {
  robots: { goal: "想学工业机器人的操作和维修", occupation: "设备维护员", industry: "智能机器人", skill_level: "intermediate", place: "坪山区坑梓街道", schedules: ["weekend"] },
  forklift: { goal: "想考叉车司机证，以后开叉车", occupation: "仓库搬运工", industry: "", skill_level: "", place: "龙岗区平湖街道", schedules: ["evening", "weekend"] },
  care: { goal: "想学照顾老人，考养老护理员", occupation: "家政员", industry: "", skill_level: "apprentice", place: "罗湖区东门街道", schedules: ["weekday"] },
  office: { goal: "想学用人工智能写文案、做表格", occupation: "文员", industry: "", skill_level: "", place: "南山区粤海街道", schedules: ["evening"] },
};

/** Of whom nothing is known. */
export const NOBODY = { goal: "", occupation: "", industry: "", skill_level: "", place: "", at: "", schedules: [], starts_by: "", open: "", why: "" };

export const ENTERPRISE = { needs: "新提拔的线长不会带班，想请老师到厂里讲班组管理", headcount: 40, industry: "超高清视频显示", skill_level: "", place: "光明区凤凰街道" };

/** An example as it may stand in this city: another one has other places and may have other industries. */
export function fitting({ place, industry, ...fields }) {
  const known = city.places.some((one) => one.full_name === place);
  const cluster = city.clusters.some((one) => one.name === industry);
  return { ...fields, place: known ? place : (city.places.at(-1)?.full_name ?? ""), industry: cluster ? industry : "" };
}
