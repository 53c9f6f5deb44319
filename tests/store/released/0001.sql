-- A database of the first release (schema 1), filled by its own code with rows in every table, as sqlite3's iterdump writes it.
BEGIN TRANSACTION;
CREATE TABLE catalogue_versions (
	version INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	imported_at DATETIME NOT NULL, 
	source VARCHAR NOT NULL, 
	day DATE NOT NULL
);
INSERT INTO "catalogue_versions" VALUES(1,'2026-03-01 01:02:03.000000','0000000000000000000000000000000000000000000000000000000000000001','2026-03-01');
INSERT INTO "catalogue_versions" VALUES(2,'2026-03-02 01:02:03.456789','0000000000000000000000000000000000000000000000000000000000000002','2026-03-02');
CREATE TABLE cluster_relations (
	cluster_id VARCHAR NOT NULL, 
	related_cluster_id VARCHAR NOT NULL, 
	relatedness DOUBLE NOT NULL, 
	CONSTRAINT pk_cluster_relations PRIMARY KEY (cluster_id, related_cluster_id), 
	CONSTRAINT fk_cluster_relations_cluster_id_clusters FOREIGN KEY(cluster_id) REFERENCES clusters (cluster_id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_cluster_relations_related_cluster_id_clusters FOREIGN KEY(related_cluster_id) REFERENCES clusters (cluster_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "cluster_relations" VALUES('robots','software',0.4);
CREATE TABLE clusters (
	cluster_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	english_name VARCHAR, 
	"group" VARCHAR, 
	aliases JSON NOT NULL, 
	description VARCHAR NOT NULL, 
	CONSTRAINT pk_clusters PRIMARY KEY (cluster_id)
);
INSERT INTO "clusters" VALUES('robots','智能机器人',NULL,'20','["\u673a\u5668\u4eba"]','');
INSERT INTO "clusters" VALUES('software','软件',NULL,NULL,'[]','');
CREATE TABLE course_instances (
	instance_id VARCHAR NOT NULL, 
	course_id VARCHAR NOT NULL, 
	mode VARCHAR NOT NULL, 
	site_id VARCHAR, 
	start_date DATE, 
	end_date DATE, 
	enrolment_deadline DATE, 
	schedule VARCHAR, 
	seats INTEGER, 
	enrolled INTEGER NOT NULL, 
	fee_yuan DOUBLE, 
	service_radius_km DOUBLE, 
	minimum_headcount INTEGER, 
	CONSTRAINT pk_course_instances PRIMARY KEY (instance_id), 
	CONSTRAINT fk_course_instances_course_id_courses FOREIGN KEY(course_id) REFERENCES courses (course_id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_course_instances_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (site_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "course_instances" VALUES('a-1','a','at_site','hub','2026-03-01',NULL,NULL,'weekend',0,0,NULL,NULL,NULL);
INSERT INTO "course_instances" VALUES('b-1','b','online',NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "course_instances" VALUES('课-😀@1','课-😀','at_enterprise','west','0001-01-01','9999-12-31','2026-02-28','self_paced',1000000,7,1.0e-09,12.5,30);
CREATE TABLE courses (
	course_id VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	description VARCHAR NOT NULL, 
	provider VARCHAR, 
	clusters JSON NOT NULL, 
	occupations JSON NOT NULL, 
	skill_level VARCHAR, 
	duration_hours DOUBLE, 
	credential VARCHAR, 
	customisable BOOLEAN NOT NULL, 
	approval VARCHAR NOT NULL, 
	prerequisites JSON NOT NULL, 
	language VARCHAR, 
	illustrative BOOLEAN NOT NULL, 
	CONSTRAINT pk_courses PRIMARY KEY (course_id), 
	CONSTRAINT fk_courses_provider_providers FOREIGN KEY(provider) REFERENCES providers (name) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "courses" VALUES('a','入门','',NULL,'[]','[]','senior',NULL,NULL,0,'pending','["b"]',NULL,1);
INSERT INTO "courses" VALUES('b','基础','','学院','[]','["\u7535\u5de5", "\u94b3\u5de5|\u710a\u5de5"]',NULL,0.1,NULL,0,'pending','[]',NULL,0);
INSERT INTO "courses" VALUES('课-😀','第一行
第二行 𠮷','é	“引号” '' \ %s :name','学院','["robots", "software"]','["\u7535\u5de5|\u710a\u5de5"]','chief_technician',3.00000000000000044408e-01,'证书',1,'rejected','["a", "b"]','zh',0);
CREATE TABLE enterprises (
	enterprise_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	industry VARCHAR, 
	latitude DOUBLE, 
	longitude DOUBLE, 
	datum VARCHAR NOT NULL, 
	place VARCHAR, 
	needs VARCHAR, 
	headcount INTEGER, 
	illustrative BOOLEAN NOT NULL, 
	CONSTRAINT pk_enterprises PRIMARY KEY (enterprise_id)
);
INSERT INTO "enterprises" VALUES('e','某公司',NULL,NULL,NULL,'wgs84',NULL,NULL,40,0);
INSERT INTO "enterprises" VALUES('f','工厂','软件',22.5,114.0,'wgs84','南山区','班组
管理',NULL,0);
CREATE TABLE learners (
	learner_id VARCHAR NOT NULL, 
	industry VARCHAR, 
	occupation VARCHAR, 
	skill_level VARCHAR, 
	latitude DOUBLE, 
	longitude DOUBLE, 
	datum VARCHAR NOT NULL, 
	place VARCHAR, 
	goal VARCHAR, 
	completed_course_ids JSON NOT NULL, 
	illustrative BOOLEAN NOT NULL, 
	CONSTRAINT pk_learners PRIMARY KEY (learner_id)
);
INSERT INTO "learners" VALUES('l',NULL,NULL,NULL,NULL,NULL,'wgs84',NULL,'想学
维修','["b"]',0);
INSERT INTO "learners" VALUES('m','智能机器人','电工','junior',22.6,114.1,'bd09','坪山区',NULL,'["a", "\u8bfe-\ud83d\ude00"]',1);
CREATE TABLE places (
	place_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	parent_id VARCHAR, 
	aliases JSON NOT NULL, 
	latitude DOUBLE NOT NULL, 
	longitude DOUBLE NOT NULL, 
	datum VARCHAR NOT NULL, 
	south DOUBLE, 
	west DOUBLE, 
	north DOUBLE, 
	east DOUBLE, 
	source VARCHAR, 
	illustrative BOOLEAN NOT NULL, 
	CONSTRAINT pk_places PRIMARY KEY (place_id), 
	CONSTRAINT fk_places_parent_id_places FOREIGN KEY(parent_id) REFERENCES places (place_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "places" VALUES('A','区','district','city','[]',22.5,114.0,'wgs84',NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "places" VALUES('city','市','city',NULL,'[]',22.5,114.0,'wgs84',22.0,113.0,23.0,115.0,NULL,0);
CREATE TABLE providers (
	name VARCHAR NOT NULL, 
	kind VARCHAR, 
	illustrative BOOLEAN NOT NULL, 
	CONSTRAINT pk_providers PRIMARY KEY (name)
);
INSERT INTO "providers" VALUES('学院','学校',0);
CREATE TABLE schema_versions (
	version INTEGER NOT NULL, 
	CONSTRAINT pk_schema_versions PRIMARY KEY (version)
);
INSERT INTO "schema_versions" VALUES(1);
CREATE TABLE sites (
	site_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	operator VARCHAR, 
	district VARCHAR, 
	subdistrict VARCHAR, 
	latitude DOUBLE, 
	longitude DOUBLE, 
	datum VARCHAR NOT NULL, 
	clusters JSON NOT NULL, 
	status VARCHAR NOT NULL, 
	quality DOUBLE, 
	illustrative BOOLEAN NOT NULL, 
	CONSTRAINT pk_sites PRIMARY KEY (site_id)
);
INSERT INTO "sites" VALUES('hub','学院','hub',NULL,NULL,NULL,22.7512345678901,114.38,'wgs84','["robots"]','active',NULL,0);
INSERT INTO "sites" VALUES('west','工场','workshop',NULL,NULL,NULL,NULL,NULL,'wgs84','[]','active',0.1,0);
INSERT INTO "sites" VALUES('closed-1','旧工场 ''O''''Brien'' "q"; --','centre','某公司','坪山区','坑梓街道',-1.0e-300,1.79999999999999971576e+02,'gcj02','[]','closed',3.33333333333333314829e-01,1);
CREATE INDEX ix_courses_provider ON courses (provider);
CREATE INDEX ix_course_instances_site_id ON course_instances (site_id);
CREATE INDEX ix_course_instances_course_id ON course_instances (course_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('catalogue_versions',2);
COMMIT;
