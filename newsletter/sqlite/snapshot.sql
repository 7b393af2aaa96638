-- Made from the migrations 2069291ab67a9975845448bc9ab39628f02aaf444db452dfaf797995f30c5ab7
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
CREATE TABLE "auth_group_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "auth_user_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "auth_user_user_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL);
CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE);
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL, "is_staff" bool NOT NULL, "is_active" bool NOT NULL, "date_joined" datetime NOT NULL, "first_name" varchar(150) NOT NULL);
CREATE TABLE "wagtailcore_collection" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "path" varchar(255) NOT NULL UNIQUE, "depth" integer unsigned NOT NULL CHECK ("depth" >= 0), "numchild" integer unsigned NOT NULL CHECK ("numchild" >= 0), "name" varchar(255) NOT NULL);
CREATE TABLE "wagtailcore_groupcollectionpermission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "collection_id" integer NOT NULL REFERENCES "wagtailcore_collection" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailimages_rendition" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "width" integer NOT NULL, "height" integer NOT NULL, "focal_point_key" varchar(16) NOT NULL, "filter_spec" varchar(255) NOT NULL, "image_id" integer NOT NULL REFERENCES "wagtailimages_image" ("id") DEFERRABLE INITIALLY DEFERRED, "file" varchar(100) NOT NULL);
CREATE TABLE "wagtailimages_image" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(255) NOT NULL, "file" varchar(100) NOT NULL, "width" integer NOT NULL, "height" integer NOT NULL, "created_at" datetime NOT NULL, "focal_point_x" integer unsigned NULL CHECK ("focal_point_x" >= 0), "focal_point_y" integer unsigned NULL CHECK ("focal_point_y" >= 0), "focal_point_width" integer unsigned NULL CHECK ("focal_point_width" >= 0), "focal_point_height" integer unsigned NULL CHECK ("focal_point_height" >= 0), "uploaded_by_user_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "file_size" integer unsigned NULL CHECK ("file_size" >= 0), "collection_id" integer NOT NULL REFERENCES "wagtailcore_collection" ("id") DEFERRABLE INITIALLY DEFERRED, "file_hash" varchar(40) NOT NULL, "description" varchar(255) NOT NULL);
CREATE TABLE "wagtailcore_pageviewrestriction_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "pageviewrestriction_id" integer NOT NULL REFERENCES "wagtailcore_pageviewrestriction" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_pageviewrestriction" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(255) NOT NULL, "page_id" integer NOT NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "restriction_type" varchar(20) NOT NULL);
CREATE TABLE "wagtailcore_collectionviewrestriction" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "restriction_type" varchar(20) NOT NULL, "password" varchar(255) NOT NULL, "collection_id" integer NOT NULL REFERENCES "wagtailcore_collection" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_collectionviewrestriction_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "collectionviewrestriction_id" integer NOT NULL REFERENCES "wagtailcore_collectionviewrestriction" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_site" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "hostname" varchar(255) NOT NULL, "port" integer NOT NULL, "is_default_site" bool NOT NULL, "root_page_id" integer NOT NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "site_name" varchar(255) NOT NULL);
CREATE TABLE "wagtailcore_task" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(255) NOT NULL, "active" bool NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_workflow" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(255) NOT NULL, "active" bool NOT NULL);
CREATE TABLE "wagtailcore_groupapprovaltask" ("task_ptr_id" integer NOT NULL PRIMARY KEY REFERENCES "wagtailcore_task" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_workflowpage" ("page_id" integer NOT NULL PRIMARY KEY REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "workflow_id" integer NOT NULL REFERENCES "wagtailcore_workflow" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_workflowtask" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "sort_order" integer NULL, "task_id" integer NOT NULL REFERENCES "wagtailcore_task" ("id") DEFERRABLE INITIALLY DEFERRED, "workflow_id" integer NOT NULL REFERENCES "wagtailcore_workflow" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_groupapprovaltask_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "groupapprovaltask_id" integer NOT NULL REFERENCES "wagtailcore_groupapprovaltask" ("task_ptr_id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_locale" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "language_code" varchar(100) NOT NULL UNIQUE);
CREATE TABLE "wagtailcore_page" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "path" varchar(255) NOT NULL UNIQUE, "depth" integer unsigned NOT NULL CHECK ("depth" >= 0), "numchild" integer unsigned NOT NULL CHECK ("numchild" >= 0), "title" varchar(255) NOT NULL, "slug" varchar(255) NOT NULL, "live" bool NOT NULL, "has_unpublished_changes" bool NOT NULL, "url_path" text NOT NULL, "seo_title" varchar(255) NOT NULL, "show_in_menus" bool NOT NULL, "search_description" text NOT NULL, "go_live_at" datetime NULL, "expire_at" datetime NULL, "expired" bool NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "owner_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "locked" bool NOT NULL, "latest_revision_created_at" datetime NULL, "first_published_at" datetime NULL, "live_revision_id" integer NULL REFERENCES "wagtailcore_revision" ("id") DEFERRABLE INITIALLY DEFERRED, "last_published_at" datetime NULL, "draft_title" varchar(255) NOT NULL, "locked_at" datetime NULL, "locked_by_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "locale_id" integer NOT NULL REFERENCES "wagtailcore_locale" ("id") DEFERRABLE INITIALLY DEFERRED, "translation_key" char(32) NOT NULL, "alias_of_id" integer NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "latest_revision_id" integer NULL REFERENCES "wagtailcore_revision" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_commentreply" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "text" text NOT NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "comment_id" integer NOT NULL REFERENCES "wagtailcore_comment" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_pagesubscription" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "comment_notifications" bool NOT NULL, "page_id" integer NOT NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_comment" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "text" text NOT NULL, "contentpath" text NOT NULL, "position" text NOT NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "resolved_at" datetime NULL, "page_id" integer NOT NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "resolved_by_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "revision_created_id" integer NULL REFERENCES "wagtailcore_revision" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_referenceindex" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" varchar(255) NOT NULL, "to_object_id" varchar(255) NOT NULL, "model_path" text NOT NULL, "content_path" text NOT NULL, "content_path_hash" char(32) NOT NULL, "base_content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "to_content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_taskstate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "status" varchar(50) NOT NULL, "started_at" datetime NOT NULL, "finished_at" datetime NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "task_id" integer NOT NULL REFERENCES "wagtailcore_task" ("id") DEFERRABLE INITIALLY DEFERRED, "workflow_state_id" integer NOT NULL REFERENCES "wagtailcore_workflowstate" ("id") DEFERRABLE INITIALLY DEFERRED, "finished_by_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "comment" text NOT NULL, "revision_id" integer NOT NULL REFERENCES "wagtailcore_revision" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_workflowstate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "status" varchar(50) NOT NULL, "created_at" datetime NOT NULL, "current_task_state_id" integer NULL UNIQUE REFERENCES "wagtailcore_taskstate" ("id") DEFERRABLE INITIALLY DEFERRED, "requested_by_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "workflow_id" integer NOT NULL REFERENCES "wagtailcore_workflow" ("id") DEFERRABLE INITIALLY DEFERRED, "object_id" varchar(255) NOT NULL, "base_content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_workflowcontenttype" ("content_type_id" integer NOT NULL PRIMARY KEY REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "workflow_id" integer NOT NULL REFERENCES "wagtailcore_workflow" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_modellogentry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "label" text NOT NULL, "action" varchar(255) NOT NULL, "timestamp" datetime NOT NULL, "content_changed" bool NOT NULL, "deleted" bool NOT NULL, "object_id" varchar(255) NOT NULL, "content_type_id" integer NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NULL, "uuid" char(32) NULL, "revision_id" integer NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)));
CREATE TABLE "wagtailcore_pagelogentry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "label" text NOT NULL, "action" varchar(255) NOT NULL, "timestamp" datetime NOT NULL, "content_changed" bool NOT NULL, "deleted" bool NOT NULL, "content_type_id" integer NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "page_id" integer NOT NULL, "revision_id" integer NULL, "user_id" integer NULL, "uuid" char(32) NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)));
CREATE TABLE "wagtailcore_grouppagepermission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "page_id" integer NOT NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "unique_permission" UNIQUE ("group_id", "page_id", "permission_id"));
CREATE TABLE "wagtailcore_revision" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "created_at" datetime NOT NULL, "approved_go_live_at" datetime NULL, "user_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "content" text NOT NULL CHECK ((JSON_VALID("content") OR "content" IS NULL)), "object_id" varchar(255) NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "base_content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "object_str" text NOT NULL);
CREATE TABLE "wagtailcore_uploadedfile" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "file" varchar(200) NOT NULL, "for_content_type_id" integer NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "uploaded_by_user_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailcore_groupsitepermission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" integer NOT NULL REFERENCES "wagtailcore_site" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "wagtailadmin_admin" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT);
CREATE TABLE "wagtailadmin_editingsession" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" varchar(255) NOT NULL, "last_seen_at" datetime NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "is_editing" bool NOT NULL);
CREATE TABLE "wagtailadmin_formstate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "data" text NOT NULL, "object_id" varchar(255) NOT NULL, "parent_object_id" varchar(255) NOT NULL, "last_updated_at" datetime NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "subscribers_list" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(200) NOT NULL, "slug" varchar(80) NOT NULL UNIQUE, "description" text NOT NULL, "public" bool NOT NULL, "archived_at" datetime NULL, "created_at" datetime NOT NULL);
CREATE TABLE "subscribers_subscription" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "subscriber_id" bigint NOT NULL REFERENCES "subscribers_subscriber" ("id") DEFERRABLE INITIALLY DEFERRED, "list_id" bigint NOT NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED, "state" varchar(12) NOT NULL, "source" varchar(200) NOT NULL, "created_at" datetime NOT NULL, "changed_at" datetime NOT NULL, CONSTRAINT "one_subscription" UNIQUE ("subscriber_id", "list_id"));
CREATE TABLE "subscribers_suppressionremoval" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "email" varchar(254) NOT NULL, "key" varchar(254) NOT NULL, "reason" varchar(12) NOT NULL, "source" varchar(12) NOT NULL, "note" varchar(300) NOT NULL, "suppressed_at" datetime NOT NULL, "why" varchar(300) NOT NULL, "by" varchar(150) NOT NULL, "removed_at" datetime NOT NULL, "list_id" bigint NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "subscribers_signingkey" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "fingerprint" varchar(16) NOT NULL UNIQUE, "first_used_at" datetime NOT NULL);
CREATE TABLE "publishing_publication_lists" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "publication_id" bigint NOT NULL REFERENCES "publishing_publication" ("id") DEFERRABLE INITIALLY DEFERRED, "list_id" bigint NOT NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "publishing_archivepage" ("page_ptr_id" integer NOT NULL PRIMARY KEY REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "publication_id" bigint NULL UNIQUE REFERENCES "publishing_publication" ("id") DEFERRABLE INITIALLY DEFERRED, "introduction" text NOT NULL);
CREATE TABLE "publishing_acceptance" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "issue_id" integer NOT NULL REFERENCES "publishing_issue" ("page_ptr_id") DEFERRABLE INITIALLY DEFERRED, "fingerprint" varchar(64) NOT NULL, "code" varchar(60) NOT NULL, "place" varchar(300) NOT NULL, "message" text NOT NULL, "reason" varchar(500) NOT NULL, "by" varchar(200) NOT NULL, "at" datetime NOT NULL, CONSTRAINT "one_acceptance_per_finding" UNIQUE ("issue_id", "fingerprint"));
CREATE TABLE "desk_desksession" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(40) NOT NULL UNIQUE, "browser" varchar(300) NOT NULL, "network" varchar(45) NOT NULL, "began_at" datetime NOT NULL, "seen_at" datetime NOT NULL, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "desk_hiddensteps" ("publication_id" bigint NOT NULL PRIMARY KEY REFERENCES "publishing_publication" ("id") DEFERRABLE INITIALLY DEFERRED, "at" datetime NOT NULL);
CREATE TABLE "desk_issuewords" ("issue_id" integer NOT NULL PRIMARY KEY REFERENCES "publishing_issue" ("page_ptr_id") DEFERRABLE INITIALLY DEFERRED, "revision" bigint NOT NULL, "saved_at" datetime NULL, "text" text NOT NULL);
CREATE TABLE "monitoring_alarm" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(20) NOT NULL, "key" varchar(80) NOT NULL, "words" text NOT NULL, "fix" text NOT NULL, "path" varchar(200) NOT NULL, "raised_at" datetime NOT NULL, "unseen_since" datetime NULL, "over_at" datetime NULL);
CREATE TABLE "monitoring_alarmmessage" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "over" bool NOT NULL, "way" varchar(8) NOT NULL, "to" varchar(254) NOT NULL, "state" varchar(8) NOT NULL, "tries" smallint unsigned NOT NULL CHECK ("tries" >= 0), "not_before" datetime NOT NULL, "alarm_id" bigint NOT NULL REFERENCES "monitoring_alarm" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_message_per_alarm_and_way" UNIQUE ("alarm_id", "over", "way", "to"));
CREATE TABLE "otp_static_statictoken" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "token" varchar(16) NOT NULL, "device_id" integer NOT NULL REFERENCES "otp_static_staticdevice" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "otp_static_staticdevice" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(64) NOT NULL, "confirmed" bool NOT NULL, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "throttling_failure_count" integer unsigned NOT NULL CHECK ("throttling_failure_count" >= 0), "throttling_failure_timestamp" datetime NULL, "created_at" datetime NULL, "last_used_at" datetime NULL);
CREATE TABLE "otp_totp_totpdevice" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(64) NOT NULL, "confirmed" bool NOT NULL, "key" varchar(80) NOT NULL, "step" smallint unsigned NOT NULL CHECK ("step" >= 0), "t0" bigint NOT NULL, "digits" smallint unsigned NOT NULL CHECK ("digits" >= 0), "tolerance" smallint unsigned NOT NULL CHECK ("tolerance" >= 0), "drift" smallint NOT NULL, "last_t" bigint NOT NULL, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "throttling_failure_count" integer unsigned NOT NULL CHECK ("throttling_failure_count" >= 0), "throttling_failure_timestamp" datetime NULL, "created_at" datetime NULL, "last_used_at" datetime NULL);
CREATE TABLE "subscribers_signupform" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "is_open" bool NOT NULL, "double_opt_in" bool NOT NULL, "asks_name" bool NOT NULL, "sends_welcome" bool NOT NULL, "welcome_has_issue" bool NOT NULL, "consent_texts" text NOT NULL CHECK ((JSON_VALID("consent_texts") OR "consent_texts" IS NULL)), "welcome_texts" text NOT NULL CHECK ((JSON_VALID("welcome_texts") OR "welcome_texts" IS NULL)), "frame_sites" text NOT NULL, "changed_at" datetime NOT NULL, "list_id" bigint NOT NULL UNIQUE REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "subscribers_consent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "text" text NOT NULL, "language" varchar(35) NOT NULL, "source" varchar(40) NOT NULL, "site" varchar(200) NOT NULL, "asked_at" datetime NULL, "given_at" datetime NOT NULL, "ip_hash" varchar(64) NOT NULL, "by" varchar(150) NOT NULL, "note" varchar(300) NOT NULL, "list_id" bigint NOT NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED, "subscriber_id" bigint NOT NULL REFERENCES "subscribers_subscriber" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "subscribers_signup" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "email" varchar(254) NOT NULL, "key" varchar(254) NOT NULL, "name" varchar(200) NOT NULL, "language" varchar(35) NOT NULL, "consent_text" text NOT NULL, "source" varchar(40) NOT NULL, "site" varchar(200) NOT NULL, "ip_hash" varchar(64) NOT NULL, "first_asked_at" datetime NOT NULL, "asked_at" datetime NOT NULL, "due_at" datetime NULL, "round" integer unsigned NOT NULL CHECK ("round" >= 0), "mails" smallint unsigned NOT NULL CHECK ("mails" >= 0), "mail" varchar(10) NOT NULL, "mailed_at" datetime NULL, "confirmed_at" datetime NULL, "welcome_due_at" datetime NULL, "list_id" bigint NOT NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED, "subscriber_id" bigint NULL REFERENCES "subscribers_subscriber" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_sign_up" UNIQUE ("list_id", "key"));
CREATE TABLE "subscribers_signupcount" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "day" date NOT NULL, "asked" integer unsigned NOT NULL CHECK ("asked" >= 0), "confirmed" integer unsigned NOT NULL CHECK ("confirmed" >= 0), "list_id" bigint NOT NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_count_a_day" UNIQUE ("list_id", "day"));
CREATE TABLE "subscribers_subscriber" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "email" varchar(254) NOT NULL, "key" varchar(254) NOT NULL UNIQUE, "name" varchar(200) NOT NULL, "attributes" text NOT NULL CHECK ((JSON_VALID("attributes") OR "attributes" IS NULL)), "created_at" datetime NOT NULL, "language" varchar(35) DEFAULT '' NOT NULL);
CREATE TABLE "subscribers_subscriptionchange" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(20) NOT NULL, "from_state" varchar(12) NOT NULL, "to_state" varchar(12) NOT NULL, "at" datetime NOT NULL, "by" varchar(150) NOT NULL, "reason" varchar(300) NOT NULL, "detail" text NOT NULL CHECK ((JSON_VALID("detail") OR "detail" IS NULL)), "list_id" bigint NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED, "subscriber_id" bigint NOT NULL REFERENCES "subscribers_subscriber" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "subscribers_cleaning" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "day" date NOT NULL UNIQUE, "started_at" datetime NOT NULL, "finished_at" datetime NULL, "removed" text NOT NULL CHECK ((JSON_VALID("removed") OR "removed" IS NULL)));
CREATE TABLE "subscribers_erasedaddress" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "hash" varchar(64) NOT NULL UNIQUE, "signing_key" varchar(16) NOT NULL, "reason" varchar(12) NOT NULL, "source" varchar(12) NOT NULL, "erased_at" datetime NOT NULL);
CREATE TABLE "subscribers_addresschange" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "email" varchar(254) NOT NULL, "key" varchar(254) NOT NULL, "old_email" varchar(254) NOT NULL, "language" varchar(35) NOT NULL, "secret_hash" varchar(64) NOT NULL, "created_at" datetime NOT NULL, "mailed_at" datetime NULL, "confirmed_at" datetime NULL, "told_at" datetime NULL, "merged_into_id" bigint NULL REFERENCES "subscribers_subscriber" ("id") DEFERRABLE INITIALLY DEFERRED, "subscriber_id" bigint NOT NULL REFERENCES "subscribers_subscriber" ("id") DEFERRABLE INITIALLY DEFERRED, "not_before" datetime NULL);
CREATE TABLE "subscribers_pause" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "issues" smallint unsigned NOT NULL CHECK ("issues" >= 0), "created_at" datetime NOT NULL, "subscriber_id" bigint NOT NULL UNIQUE REFERENCES "subscribers_subscriber" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "subscribers_pausedissue" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "issue" bigint NOT NULL, "send" bigint NOT NULL, "pause_id" bigint NOT NULL REFERENCES "subscribers_pause" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "paused_once_per_issue" UNIQUE ("pause_id", "issue"));
CREATE TABLE "subscribers_importrun" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "state" varchar(12) NOT NULL, "file_name" varchar(255) NOT NULL, "file_hash" varchar(64) NOT NULL, "file_size" bigint NOT NULL, "answers" text NOT NULL CHECK ((JSON_VALID("answers") OR "answers" IS NULL)), "basis" varchar(12) NOT NULL, "basis_note" varchar(300) NOT NULL, "by" varchar(150) NOT NULL, "language" varchar(20) NOT NULL, "result" text NOT NULL CHECK ((JSON_VALID("result") OR "result" IS NULL)), "samples" text NOT NULL CHECK ((JSON_VALID("samples") OR "samples" IS NULL)), "problem" text NOT NULL, "hint" text NOT NULL, "rows_done" integer NOT NULL, "rows_total" integer NOT NULL, "attempts" integer NOT NULL, "worked_at" datetime NULL, "created_at" datetime NOT NULL, "applied_at" datetime NULL, "undone_at" datetime NULL, "list_id" bigint NOT NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "subscribers_columnmapping" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "titles_hash" varchar(64) NOT NULL, "columns" text NOT NULL CHECK ((JSON_VALID("columns") OR "columns" IS NULL)), "changed_at" datetime NOT NULL, "list_id" bigint NOT NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_mapping_per_table" UNIQUE ("list_id", "titles_hash"));
CREATE TABLE "subscribers_importchange" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "made" bool NOT NULL, "joined" bool NOT NULL, "before" text NULL CHECK ((JSON_VALID("before") OR "before" IS NULL)), "after" text NULL CHECK ((JSON_VALID("after") OR "after" IS NULL)), "subscriber_id" bigint NOT NULL, "run_id" bigint NOT NULL REFERENCES "subscribers_importrun" ("id") DEFERRABLE INITIALLY DEFERRED, "joined_at" datetime NULL, CONSTRAINT "one_change_per_run" UNIQUE ("subscriber_id", "run_id"));
CREATE TABLE "subscribers_segment" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(200) NOT NULL, "slug" varchar(80) NOT NULL UNIQUE, "filter" text NOT NULL, "people" integer unsigned NULL CHECK ("people" >= 0), "counted_at" datetime NULL, "created_at" datetime NOT NULL, "changed_at" datetime NOT NULL);
CREATE TABLE "publishing_linkanswer" ("address_hash" varchar(64) NOT NULL PRIMARY KEY, "asked_at" datetime NOT NULL, "status" integer unsigned NOT NULL CHECK ("status" >= 0), "size" bigint unsigned NOT NULL CHECK ("size" >= 0), "problem" text NOT NULL, "private" bool NOT NULL, "unknown" bool NOT NULL);
CREATE TABLE "publishing_webentry" ("issue_id" integer NOT NULL PRIMARY KEY REFERENCES "publishing_issue" ("page_ptr_id") DEFERRABLE INITIALLY DEFERRED, "revision" bigint unsigned NOT NULL CHECK ("revision" >= 0), "title" text NOT NULL, "summary" text NOT NULL, "volume" integer unsigned NOT NULL CHECK ("volume" >= 0), "number" integer unsigned NOT NULL CHECK ("number" >= 0), "date" date NULL, "headlines" text NOT NULL CHECK ((JSON_VALID("headlines") OR "headlines" IS NULL)), "text" text NOT NULL, "words" text NOT NULL);
CREATE TABLE "publishing_issue" ("page_ptr_id" integer NOT NULL PRIMARY KEY REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "publication_id" bigint NOT NULL REFERENCES "publishing_publication" ("id") DEFERRABLE INITIALLY DEFERRED, "volume" integer unsigned NOT NULL CHECK ("volume" >= 0), "number" integer unsigned NOT NULL CHECK ("number" >= 0), "date" date NULL, "issued_on" date NULL, "language" varchar(12) NOT NULL, "subject" varchar(250) NOT NULL, "preheader" varchar(250) NOT NULL, "body" text NOT NULL CHECK ((JSON_VALID("body") OR "body" IS NULL)), "boilerplate" text NOT NULL, "pdf_url" varchar(200) NOT NULL, "metadata" text NOT NULL CHECK ((JSON_VALID("metadata") OR "metadata" IS NULL)), "never_mailed" bool NOT NULL);
CREATE TABLE "publishing_publication" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(120) NOT NULL, "slug" varchar(80) NOT NULL UNIQUE, "language" varchar(12) NOT NULL, "template" varchar(60) NOT NULL, "from_name" varchar(100) NOT NULL, "from_email" varchar(254) NOT NULL, "reply_to" varchar(254) NOT NULL, "postal_address" varchar(300) NOT NULL, "privacy_url" varchar(200) NOT NULL, "boilerplate" text NOT NULL, "needs_approval" bool NOT NULL, "second_person" bool NOT NULL, "reviewers" text NOT NULL, "delivery_mode" varchar(12) NOT NULL, "preschedule_minutes" smallint unsigned NOT NULL CHECK ("preschedule_minutes" >= 0), "canary" bool NOT NULL, "seeds_id" bigint NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED, "every_weeks" smallint unsigned NOT NULL CHECK ("every_weeks" >= 0), "weekday" smallint unsigned NOT NULL CHECK ("weekday" >= 0), "time" time NOT NULL, "time_zone" varchar(64) NOT NULL, "starts_on" date NOT NULL, "logo_id" integer NULL REFERENCES "wagtailimages_image" ("id") DEFERRABLE INITIALLY DEFERRED, "logo_width" smallint unsigned NOT NULL CHECK ("logo_width" >= 0), "look" text NOT NULL CHECK ((JSON_VALID("look") OR "look" IS NULL)), "holiday_regions" text NOT NULL CHECK ((JSON_VALID("holiday_regions") OR "holiday_regions" IS NULL)), "quiet_dates" text NOT NULL, "quiet_policy" varchar(8) NOT NULL, "rhythm_changed_at" datetime NULL, "rhythm_version" integer unsigned NOT NULL CHECK ("rhythm_version" >= 0), "skeleton" text NOT NULL CHECK ((JSON_VALID("skeleton") OR "skeleton" IS NULL)), "dropped_dates" text NOT NULL CHECK ((JSON_VALID("dropped_dates") OR "dropped_dates" IS NULL)), "seed_segment_id" bigint NULL REFERENCES "subscribers_segment" ("id") DEFERRABLE INITIALLY DEFERRED, "month_days" text NOT NULL CHECK ((JSON_VALID("month_days") OR "month_days" IS NULL)), "more_weekdays" text NOT NULL CHECK ((JSON_VALID("more_weekdays") OR "more_weekdays" IS NULL)), "ordinals" text NOT NULL CHECK ((JSON_VALID("ordinals") OR "ordinals" IS NULL)), "pattern" varchar(8) NOT NULL, "draft_days" smallint unsigned NOT NULL CHECK ("draft_days" >= 0), "draft_start" varchar(8) NOT NULL, "issues_per_volume" smallint unsigned NOT NULL CHECK ("issues_per_volume" >= 0), "volume_rule" varchar(5) NOT NULL, "grace_hours" smallint unsigned NOT NULL CHECK ("grace_hours" >= 0), "count_clicks" bool NOT NULL, "count_opens" bool NOT NULL, "first_number" integer unsigned NOT NULL CHECK ("first_number" >= 0), "first_volume" integer unsigned NOT NULL CHECK ("first_volume" >= 0));
CREATE TABLE "sending_edition" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "issue_id" integer NOT NULL REFERENCES "publishing_issue" ("page_ptr_id") DEFERRABLE INITIALLY DEFERRED, "revision_id" integer NULL REFERENCES "wagtailcore_revision" ("id") DEFERRABLE INITIALLY DEFERRED, "subject" varchar(998) NOT NULL, "document" text NOT NULL, "hash" varchar(64) NOT NULL, "created_at" datetime NOT NULL, "approved_at" datetime NULL, "approved_by_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_edition_per_content" UNIQUE ("issue_id", "hash"));
CREATE TABLE "sending_send_lists" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "send_id" bigint NOT NULL REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED, "list_id" bigint NOT NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sending_batch" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "send_id" bigint NOT NULL REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED, "number" integer unsigned NOT NULL CHECK ("number" >= 0), "state" varchar(8) NOT NULL, "canary" bool NOT NULL, "domain" varchar(253) NOT NULL, "not_before" datetime NULL, CONSTRAINT "one_batch_per_number" UNIQUE ("send_id", "number"));
CREATE TABLE "sending_providerbatch" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "send_id" bigint NOT NULL REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED, "group" smallint unsigned NOT NULL CHECK ("group" >= 0), "state" varchar(10) NOT NULL, "provider_id" varchar(100) NOT NULL, "at" datetime NOT NULL, "has_status" bool NOT NULL, "cancelling_since" datetime NULL, "in_doubt" bool NOT NULL, "release_asked_at" datetime NULL, "leavers_named" bool NOT NULL);
CREATE TABLE "sending_attempt" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(32) NOT NULL UNIQUE, "batch_id" bigint NOT NULL REFERENCES "sending_batch" ("id") DEFERRABLE INITIALLY DEFERRED, "state" varchar(9) NOT NULL, "owner" varchar(80) NOT NULL, "lease_until" datetime NOT NULL, "size" integer unsigned NOT NULL CHECK ("size" >= 0), "created_at" datetime NOT NULL, "posted_at" datetime NULL, "answered_at" datetime NULL, "message_id" varchar(200) NOT NULL, "answer" varchar(500) NOT NULL, "provider_batch_id" bigint NULL REFERENCES "sending_providerbatch" ("id") DEFERRABLE INITIALLY DEFERRED, "heard_at" datetime NULL);
CREATE TABLE "sending_evidence" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "attempt_id" bigint NOT NULL REFERENCES "sending_attempt" ("id") DEFERRABLE INITIALLY DEFERRED, "kind" varchar(13) NOT NULL, "at" datetime NOT NULL, "by" varchar(150) NOT NULL, "note" varchar(300) NOT NULL);
CREATE TABLE "sending_delivery" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "send_id" bigint NOT NULL REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED, "subscriber_id" bigint NOT NULL REFERENCES "subscribers_subscriber" ("id") DEFERRABLE INITIALLY DEFERRED, "batch_id" bigint NOT NULL REFERENCES "sending_batch" ("id") DEFERRABLE INITIALLY DEFERRED, "address" varchar(254) NOT NULL, "outcome" varchar(10) NULL, "reason" varchar(200) NOT NULL, CONSTRAINT "one_delivery_per_person" UNIQUE ("subscriber_id", "send_id"), CONSTRAINT "one_delivery_per_address" UNIQUE ("send_id", "address"));
CREATE TABLE "sending_lateleaver" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "send_id" bigint NOT NULL REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED, "delivery_id" bigint NOT NULL UNIQUE REFERENCES "sending_delivery" ("id") DEFERRABLE INITIALLY DEFERRED, "left_at" datetime NOT NULL);
CREATE TABLE "sending_exclusion" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "send_id" bigint NOT NULL REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED, "subscriber_id" bigint NOT NULL REFERENCES "subscribers_subscriber" ("id") DEFERRABLE INITIALLY DEFERRED, "reason" varchar(12) NOT NULL, CONSTRAINT "one_exclusion_per_person" UNIQUE ("send_id", "subscriber_id"));
CREATE TABLE "sending_auditentry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "send_id" bigint NOT NULL REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED, "kind" varchar(13) NOT NULL, "at" datetime NOT NULL, "by" varchar(150) NOT NULL, "auto_pause" varchar(10) NOT NULL, "note" varchar(500) NOT NULL);
CREATE TABLE "sending_rate" ("key" varchar(300) NOT NULL PRIMARY KEY, "due" real NOT NULL, "granted" bool NOT NULL);
CREATE TABLE "sending_dryrun" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "send_id" bigint NOT NULL UNIQUE REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED, "edition_id" bigint NOT NULL REFERENCES "sending_edition" ("id") DEFERRABLE INITIALLY DEFERRED, "through" bigint NOT NULL, "asked" integer unsigned NOT NULL CHECK ("asked" >= 0), "refused" integer unsigned NOT NULL CHECK ("refused" >= 0), "findings" text NOT NULL CHECK ((JSON_VALID("findings") OR "findings" IS NULL)), "problem" varchar(500) NOT NULL, "not_before" datetime NULL, "done_at" datetime NULL);
CREATE TABLE "sending_submitter" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "log" varchar(32) NOT NULL UNIQUE, "machine" varchar(80) NOT NULL, "count" bigint unsigned NOT NULL CHECK ("count" >= 0), "seen_at" datetime NULL);
CREATE TABLE "sending_missingattempt" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(32) NOT NULL UNIQUE, "source" varchar(8) NOT NULL, "state" varchar(9) NOT NULL, "send" bigint NOT NULL, "batch" bigint NOT NULL, "submitted_at" datetime NULL, "size" integer unsigned NOT NULL CHECK ("size" >= 0), "people" text NOT NULL, "delivery" bigint NOT NULL, "issue_key" varchar(32) NOT NULL, "publication" bigint NOT NULL, "volume" integer unsigned NOT NULL CHECK ("volume" >= 0), "issue_number" integer unsigned NOT NULL CHECK ("issue_number" >= 0), "title" varchar(255) NOT NULL, "found_at" datetime NOT NULL, "by" varchar(150) NOT NULL);
CREATE TABLE "sending_alreadymailed" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "issue_id" integer NOT NULL REFERENCES "publishing_issue" ("page_ptr_id") DEFERRABLE INITIALLY DEFERRED, "subscriber_id" bigint NOT NULL REFERENCES "subscribers_subscriber" ("id") DEFERRABLE INITIALLY DEFERRED, "attempt_id" bigint NOT NULL REFERENCES "sending_missingattempt" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "mailed_once_per_person_and_issue" UNIQUE ("subscriber_id", "issue_id"));
CREATE TABLE "sending_approvalrequest" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "hash" varchar(64) NOT NULL, "state" varchar(9) NOT NULL, "asked_at" datetime NOT NULL, "note" varchar(1000) NOT NULL, "answered_at" datetime NULL, "answer" varchar(1000) NOT NULL, "answered_by_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "asked_by_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "issue_id" integer NOT NULL REFERENCES "publishing_issue" ("page_ptr_id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "scheduling_clockreading" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL);
CREATE TABLE "scheduling_slot" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "publication_id" bigint NOT NULL REFERENCES "publishing_publication" ("id") DEFERRABLE INITIALLY DEFERRED, "date" date NOT NULL, "at" datetime NOT NULL, "moved" bool NOT NULL, "state" varchar(8) NOT NULL, "send_id" bigint NULL UNIQUE REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED, "note" varchar(300) NOT NULL, "changed_at" datetime NOT NULL, "issue_id" integer NULL UNIQUE REFERENCES "publishing_issue" ("page_ptr_id") DEFERRABLE INITIALLY DEFERRED, "name" varchar(120) NOT NULL, "sequence" integer unsigned NOT NULL CHECK ("sequence" >= 0), "skipped_by_rule" bool NOT NULL, "drafted_at" datetime NULL, "number" integer unsigned NULL CHECK ("number" >= 0), "volume" integer unsigned NULL CHECK ("volume" >= 0), "held_at" datetime NULL, "grace_until" datetime NULL, CONSTRAINT "one_slot_per_date" UNIQUE ("publication_id", "date"));
CREATE TABLE "scheduling_calendarfeed" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(32) NOT NULL UNIQUE, "created_at" datetime NOT NULL, "publication_id" bigint NULL REFERENCES "publishing_publication" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "feed_of_something" CHECK (NOT ("publication_id" IS NULL AND "user_id" IS NULL)));
CREATE TABLE "scheduling_notice" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(20) NOT NULL, "key" varchar(60) NOT NULL, "state" varchar(12) NOT NULL, "tries" smallint unsigned NOT NULL CHECK ("tries" >= 0), "at" datetime NOT NULL, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_notice_each" UNIQUE ("kind", "key", "user_id"));
CREATE TABLE "scheduling_reminderchoice" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "muted" text NOT NULL CHECK ((JSON_VALID("muted") OR "muted" IS NULL)), "user_id" integer NOT NULL UNIQUE REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sending_send" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "issue_id" integer NOT NULL REFERENCES "publishing_issue" ("page_ptr_id") DEFERRABLE INITIALLY DEFERRED, "edition_id" bigint NOT NULL REFERENCES "sending_edition" ("id") DEFERRABLE INITIALLY DEFERRED, "at" datetime NOT NULL, "state" varchar(10) NOT NULL, "note" text NOT NULL, "delivery_mode" varchar(12) NOT NULL, "newcomers" bool NOT NULL, "canary" varchar(6) NOT NULL, "seeds_id" bigint NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED, "held_by" varchar(10) NOT NULL, "lost_answers_from" bigint NOT NULL, "batch_size" integer unsigned NOT NULL CHECK ("batch_size" >= 0), "planned_through" bigint NOT NULL, "candidates" integer unsigned NOT NULL CHECK ("candidates" >= 0), "planned" integer unsigned NOT NULL CHECK ("planned" >= 0), "excluded" integer unsigned NOT NULL CHECK ("excluded" >= 0), "created_at" datetime NOT NULL, "started_at" datetime NULL, "finished_at" datetime NULL, "seed_filter" text NOT NULL, "segment_id" bigint NULL REFERENCES "subscribers_segment" ("id") DEFERRABLE INITIALLY DEFERRED, "segment_filter" text NOT NULL, "held_at" datetime NULL, "count_clicks" bool NOT NULL, "count_opens" bool NOT NULL, "resend_of_id" bigint NULL REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sending_databaseidentity" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(32) NOT NULL, "place" varchar(600) NOT NULL, "heartbeat_at" datetime NULL, "heartbeats" bigint unsigned NOT NULL CHECK ("heartbeats" >= 0), "suspended_at" datetime NULL, "suspended_for" varchar(11) NOT NULL, "known_until" datetime NULL, "moved_to" varchar(600) NOT NULL, "move_finished_at" datetime NULL);
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);
CREATE TABLE "subscribers_suppression" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "email" varchar(254) NOT NULL, "key" varchar(254) NOT NULL UNIQUE, "reason" varchar(12) NOT NULL, "source" varchar(12) NOT NULL, "note" varchar(300) NOT NULL, "created_at" datetime NOT NULL, "by" varchar(150) DEFAULT '' NOT NULL, "recorded_at" datetime NULL);
CREATE TABLE "subscribers_listsuppression" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "email" varchar(254) NOT NULL, "key" varchar(254) NOT NULL, "reason" varchar(12) NOT NULL, "source" varchar(12) NOT NULL, "note" varchar(300) NOT NULL, "by" varchar(150) DEFAULT '' NOT NULL, "created_at" datetime NOT NULL, "list_id" bigint NOT NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED, "recorded_at" datetime NULL, CONSTRAINT "one_suppression_for_list" UNIQUE ("key", "list_id"));
CREATE TABLE "subscribers_listcount" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "state" varchar(12) NOT NULL, "people" bigint NOT NULL, "list_id" bigint NOT NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "subscribers_bulkchange" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "before" varchar(1000) NULL, "at" datetime NOT NULL, "list_id" bigint NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED, "subscriber_id" bigint NOT NULL REFERENCES "subscribers_subscriber" ("id") DEFERRABLE INITIALLY DEFERRED, "run_id" bigint NOT NULL REFERENCES "subscribers_bulkrun" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "subscribers_bulkrun" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "action" varchar(12) NOT NULL, "state" varchar(12) NOT NULL, "filter" text NOT NULL CHECK ((JSON_VALID("filter") OR "filter" IS NULL)), "segment_filter" text NOT NULL, "attribute" varchar(100) NOT NULL, "value" varchar(1000) NOT NULL, "basis" varchar(12) NOT NULL, "reason" varchar(300) NOT NULL, "by" varchar(150) NOT NULL, "language" varchar(20) NOT NULL, "last_id" bigint NOT NULL, "position" bigint NOT NULL, "result" text NOT NULL CHECK ((JSON_VALID("result") OR "result" IS NULL)), "problem" text NOT NULL, "rows_done" integer NOT NULL, "rows_total" integer NOT NULL, "attempts" integer NOT NULL, "worked_at" datetime NULL, "applied_at" datetime NOT NULL, "undone_at" datetime NULL, "list_id" bigint NULL REFERENCES "subscribers_list" ("id") DEFERRABLE INITIALLY DEFERRED, "ledger_ends" text NOT NULL CHECK ((JSON_VALID("ledger_ends") OR "ledger_ends" IS NULL)));
CREATE TABLE "subscribers_countingrefusal" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "since" datetime NOT NULL, "ended_at" datetime NULL, "subscriber_id" bigint NOT NULL UNIQUE REFERENCES "subscribers_subscriber" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "taggit_taggeditem" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" integer NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "tag_id" integer NOT NULL REFERENCES "taggit_tag" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "taggit_taggeditem_content_type_id_object_id_tag_id_4bb97a8e_uniq" UNIQUE ("content_type_id", "object_id", "tag_id"));
CREATE TABLE "taggit_tag" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(100) NOT NULL UNIQUE, "slug" varchar(100) NOT NULL UNIQUE);
CREATE TABLE "throttling_counter" ("key" varchar(64) NOT NULL PRIMARY KEY, "account" varchar(64) NOT NULL, "count" integer unsigned NOT NULL CHECK ("count" >= 0), "ends_at" bigint NOT NULL);
CREATE TABLE "tracking_post" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "provider" varchar(60) NOT NULL, "body" BLOB NOT NULL, "size" integer unsigned NOT NULL CHECK ("size" >= 0), "received_at" datetime NOT NULL, "failures" integer unsigned NOT NULL CHECK ("failures" >= 0), "fault" varchar(200) NOT NULL, "not_before" datetime NULL);
CREATE TABLE "tracking_event" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(100) NOT NULL UNIQUE, "delivery_id" bigint NOT NULL REFERENCES "sending_delivery" ("id") DEFERRABLE INITIALLY DEFERRED, "kind" varchar(12) NOT NULL, "at" datetime NOT NULL, "reason" varchar(200) NOT NULL);
CREATE TABLE "tracking_unparsedevent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "why" varchar(200) NOT NULL, "text" text NOT NULL);
CREATE TABLE "tracking_dailyeventcount" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "day" date NOT NULL, "sort" varchar(10) NOT NULL, "count" bigint unsigned NOT NULL CHECK ("count" >= 0), CONSTRAINT "one_count_per_day" UNIQUE ("day", "sort"));
CREATE TABLE "tracking_suppressionpull" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "provider" varchar(60) NOT NULL UNIQUE, "not_before" datetime NOT NULL, "read_until" datetime NULL, "read_at" datetime NULL, "new" integer unsigned NOT NULL CHECK ("new" >= 0), "fault" varchar(300) NOT NULL);
CREATE TABLE "tracking_countedsum" ("send_id" bigint NOT NULL PRIMARY KEY REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED, "opened" integer unsigned NOT NULL CHECK ("opened" >= 0), "only_machines" integer unsigned NOT NULL CHECK ("only_machines" >= 0), "clicked" integer unsigned NOT NULL CHECK ("clicked" >= 0), "made_at" datetime NOT NULL);
CREATE TABLE "tracking_countedopens" ("delivery_id" bigint NOT NULL PRIMARY KEY REFERENCES "sending_delivery" ("id") DEFERRABLE INITIALLY DEFERRED, "count" integer unsigned NOT NULL CHECK ("count" >= 0), "by_machines" integer unsigned NOT NULL CHECK ("by_machines" >= 0), "only_machines" bool NOT NULL, "first_at" datetime NOT NULL, "last_at" datetime NOT NULL, "send_id" bigint NOT NULL REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "tracking_countedevent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(100) NOT NULL UNIQUE, "kind" varchar(5) NOT NULL, "at" datetime NOT NULL, "link" varchar(32) NOT NULL, "delivery_id" bigint NOT NULL REFERENCES "sending_delivery" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "counted_once" UNIQUE ("delivery_id", "kind", "at", "link"));
CREATE TABLE "tracking_countedlink" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "url" varchar(500) NOT NULL, "people" integer unsigned NOT NULL CHECK ("people" >= 0), "clicks" integer unsigned NOT NULL CHECK ("clicks" >= 0), "send_id" bigint NOT NULL REFERENCES "sending_send" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_link_per_send" UNIQUE ("send_id", "url"));
CREATE TABLE "tracking_countedclicks" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "count" integer unsigned NOT NULL CHECK ("count" >= 0), "first_at" datetime NOT NULL, "last_at" datetime NOT NULL, "delivery_id" bigint NOT NULL REFERENCES "sending_delivery" ("id") DEFERRABLE INITIALLY DEFERRED, "link_id" bigint NOT NULL REFERENCES "tracking_countedlink" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_count_per_link" UNIQUE ("link_id", "delivery_id"));
CREATE TABLE "tracking_providerlistrun" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "provider" varchar(60) NOT NULL, "action" varchar(4) NOT NULL, "state" varchar(7) NOT NULL, "by" varchar(150) NOT NULL, "asked_at" datetime NOT NULL, "taken_at" datetime NULL, "attempts" smallint unsigned NOT NULL CHECK ("attempts" >= 0), "done_at" datetime NULL, "result" text NOT NULL CHECK ((JSON_VALID("result") OR "result" IS NULL)), "fault" text NOT NULL);
CREATE TABLE "wagtailsearch_indexentry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" varchar(50) NOT NULL, "title_norm" real NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "autocomplete" text NULL, "body" text NULL, "title" text NOT NULL);
CREATE VIRTUAL TABLE wagtailsearch_indexentry_fts USING fts5(autocomplete, body, title);
CREATE TABLE "wagtailusers_userprofile" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "submitted_notifications" bool NOT NULL, "approved_notifications" bool NOT NULL, "rejected_notifications" bool NOT NULL, "user_id" integer NOT NULL UNIQUE REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "preferred_language" varchar(10) NOT NULL, "current_time_zone" varchar(40) NOT NULL, "avatar" varchar(100) NOT NULL, "updated_comments_notifications" bool NOT NULL, "dismissibles" text NOT NULL CHECK ((JSON_VALID("dismissibles") OR "dismissibles" IS NULL)), "theme" varchar(40) NOT NULL, "density" varchar(40) NOT NULL, "contrast" varchar(40) NOT NULL, "keyboard_shortcuts" bool NOT NULL);
INSERT INTO "django_migrations" VALUES
(1, 'contenttypes', '0001_initial', '<now>'),
(2, 'contenttypes', '0002_remove_content_type_name', '<now>'),
(3, 'auth', '0001_initial', '<now>'),
(4, 'auth', '0002_alter_permission_name_max_length', '<now>'),
(5, 'auth', '0003_alter_user_email_max_length', '<now>'),
(6, 'auth', '0004_alter_user_username_opts', '<now>'),
(7, 'auth', '0005_alter_user_last_login_null', '<now>'),
(8, 'auth', '0006_require_contenttypes_0002', '<now>'),
(9, 'auth', '0007_alter_validators_add_error_messages', '<now>'),
(10, 'auth', '0008_alter_user_username_max_length', '<now>'),
(11, 'auth', '0009_alter_user_last_name_max_length', '<now>'),
(12, 'auth', '0010_alter_group_name_max_length', '<now>'),
(13, 'auth', '0011_update_proxy_permissions', '<now>'),
(14, 'auth', '0012_alter_user_first_name_max_length', '<now>'),
(15, 'wagtailcore', '0001_initial', '<now>'),
(16, 'wagtailcore', '0002_initial_data', '<now>'),
(17, 'wagtailcore', '0003_add_uniqueness_constraint_on_group_page_permission', '<now>'),
(18, 'wagtailcore', '0004_page_locked', '<now>'),
(19, 'wagtailcore', '0005_add_page_lock_permission_to_moderators', '<now>'),
(20, 'wagtailcore', '0006_add_lock_page_permission', '<now>'),
(21, 'wagtailcore', '0007_page_latest_revision_created_at', '<now>'),
(22, 'wagtailcore', '0008_populate_latest_revision_created_at', '<now>'),
(23, 'wagtailcore', '0009_remove_auto_now_add_from_pagerevision_created_at', '<now>'),
(24, 'wagtailcore', '0010_change_page_owner_to_null_on_delete', '<now>'),
(25, 'wagtailcore', '0011_page_first_published_at', '<now>'),
(26, 'wagtailcore', '0012_extend_page_slug_field', '<now>'),
(27, 'wagtailcore', '0013_update_golive_expire_help_text', '<now>'),
(28, 'wagtailcore', '0014_add_verbose_name', '<now>'),
(29, 'wagtailcore', '0015_add_more_verbose_names', '<now>'),
(30, 'wagtailcore', '0016_change_page_url_path_to_text_field', '<now>'),
(31, 'wagtailcore', '0017_change_edit_page_permission_description', '<now>'),
(32, 'wagtailcore', '0018_pagerevision_submitted_for_moderation_index', '<now>'),
(33, 'wagtailcore', '0019_verbose_names_cleanup', '<now>'),
(34, 'wagtailcore', '0020_add_index_on_page_first_published_at', '<now>'),
(35, 'wagtailcore', '0021_capitalizeverbose', '<now>'),
(36, 'wagtailcore', '0022_add_site_name', '<now>'),
(37, 'wagtailcore', '0023_alter_page_revision_on_delete_behaviour', '<now>'),
(38, 'wagtailcore', '0024_collection', '<now>'),
(39, 'wagtailcore', '0025_collection_initial_data', '<now>'),
(40, 'wagtailcore', '0026_group_collection_permission', '<now>'),
(41, 'taggit', '0001_initial', '<now>'),
(42, 'wagtailimages', '0001_initial', '<now>'),
(43, 'wagtailimages', '0002_initial_data', '<now>'),
(44, 'wagtailimages', '0003_fix_focal_point_fields', '<now>'),
(45, 'wagtailimages', '0004_make_focal_point_key_not_nullable', '<now>'),
(46, 'wagtailimages', '0005_make_filter_spec_unique', '<now>'),
(47, 'wagtailimages', '0006_add_verbose_names', '<now>'),
(48, 'wagtailimages', '0007_image_file_size', '<now>'),
(49, 'wagtailimages', '0008_image_created_at_index', '<now>'),
(50, 'wagtailimages', '0009_capitalizeverbose', '<now>'),
(51, 'wagtailimages', '0010_change_on_delete_behaviour', '<now>'),
(52, 'wagtailimages', '0011_image_collection', '<now>'),
(53, 'wagtailimages', '0012_copy_image_permissions_to_collections', '<now>'),
(54, 'wagtailimages', '0013_make_rendition_upload_callable', '<now>'),
(55, 'wagtailimages', '0014_add_filter_spec_field', '<now>'),
(56, 'wagtailimages', '0015_fill_filter_spec_field', '<now>'),
(57, 'wagtailimages', '0016_deprecate_rendition_filter_relation', '<now>'),
(58, 'wagtailimages', '0017_reduce_focal_point_key_max_length', '<now>'),
(59, 'wagtailimages', '0018_remove_rendition_filter', '<now>'),
(60, 'wagtailimages', '0019_delete_filter', '<now>'),
(61, 'wagtailimages', '0020_add-verbose-name', '<now>'),
(62, 'wagtailimages', '0021_image_file_hash', '<now>'),
(63, 'wagtailimages', '0022_uploadedimage', '<now>'),
(64, 'wagtailadmin', '0001_create_admin_access_permissions', '<now>'),
(65, 'wagtailimages', '0023_add_choose_permissions', '<now>'),
(66, 'wagtailimages', '0024_index_image_file_hash', '<now>'),
(67, 'wagtailimages', '0025_alter_image_file_alter_rendition_file', '<now>'),
(68, 'wagtailimages', '0026_delete_uploadedimage', '<now>'),
(69, 'wagtailimages', '0027_image_description', '<now>'),
(70, 'wagtailcore', '0027_fix_collection_path_collation', '<now>'),
(71, 'wagtailcore', '0024_alter_page_content_type_on_delete_behaviour', '<now>'),
(72, 'wagtailcore', '0028_merge', '<now>'),
(73, 'wagtailcore', '0029_unicode_slugfield_dj19', '<now>'),
(74, 'wagtailcore', '0030_index_on_pagerevision_created_at', '<now>'),
(75, 'wagtailcore', '0031_add_page_view_restriction_types', '<now>'),
(76, 'wagtailcore', '0032_add_bulk_delete_page_permission', '<now>'),
(77, 'wagtailcore', '0033_remove_golive_expiry_help_text', '<now>'),
(78, 'wagtailcore', '0034_page_live_revision', '<now>'),
(79, 'wagtailcore', '0035_page_last_published_at', '<now>'),
(80, 'wagtailcore', '0036_populate_page_last_published_at', '<now>'),
(81, 'wagtailcore', '0037_set_page_owner_editable', '<now>'),
(82, 'wagtailcore', '0038_make_first_published_at_editable', '<now>'),
(83, 'wagtailcore', '0039_collectionviewrestriction', '<now>'),
(84, 'wagtailcore', '0040_page_draft_title', '<now>'),
(85, 'wagtailcore', '0041_group_collection_permissions_verbose_name_plural', '<now>'),
(86, 'wagtailcore', '0042_index_on_pagerevision_approved_go_live_at', '<now>'),
(87, 'wagtailcore', '0043_lock_fields', '<now>'),
(88, 'wagtailcore', '0044_add_unlock_grouppagepermission', '<now>'),
(89, 'wagtailcore', '0045_assign_unlock_grouppagepermission', '<now>'),
(90, 'wagtailcore', '0046_site_name_remove_null', '<now>'),
(91, 'wagtailcore', '0047_add_workflow_models', '<now>'),
(92, 'wagtailcore', '0048_add_default_workflows', '<now>'),
(93, 'wagtailcore', '0049_taskstate_finished_by', '<now>'),
(94, 'wagtailcore', '0050_workflow_rejected_to_needs_changes', '<now>'),
(95, 'wagtailcore', '0051_taskstate_comment', '<now>'),
(96, 'wagtailcore', '0052_pagelogentry', '<now>'),
(97, 'wagtailcore', '0053_locale_model', '<now>'),
(98, 'wagtailcore', '0054_initial_locale', '<now>'),
(99, 'wagtailcore', '0055_page_locale_fields', '<now>'),
(100, 'wagtailcore', '0056_page_locale_fields_populate', '<now>'),
(101, 'wagtailcore', '0057_page_locale_fields_notnull', '<now>'),
(102, 'wagtailcore', '0058_page_alias_of', '<now>'),
(103, 'wagtailcore', '0059_apply_collection_ordering', '<now>'),
(104, 'wagtailcore', '0060_fix_workflow_unique_constraint', '<now>'),
(105, 'wagtailcore', '0061_change_promote_tab_helpt_text_and_verbose_names', '<now>'),
(106, 'wagtailcore', '0062_comment_models_and_pagesubscription', '<now>'),
(107, 'wagtailcore', '0063_modellogentry', '<now>'),
(108, 'wagtailcore', '0064_log_timestamp_indexes', '<now>'),
(109, 'wagtailcore', '0065_log_entry_uuid', '<now>'),
(110, 'wagtailcore', '0066_collection_management_permissions', '<now>'),
(111, 'wagtailcore', '0067_alter_pagerevision_content_json', '<now>'),
(112, 'wagtailcore', '0068_log_entry_empty_object', '<now>'),
(113, 'wagtailcore', '0069_log_entry_jsonfield', '<now>'),
(114, 'wagtailcore', '0070_rename_pagerevision_revision', '<now>'),
(115, 'wagtailcore', '0071_populate_revision_content_type', '<now>'),
(116, 'wagtailcore', '0072_alter_revision_content_type_notnull', '<now>'),
(117, 'wagtailcore', '0073_page_latest_revision', '<now>'),
(118, 'wagtailcore', '0074_revision_object_str', '<now>'),
(119, 'wagtailcore', '0075_populate_latest_revision_and_revision_object_str', '<now>'),
(120, 'wagtailcore', '0076_modellogentry_revision', '<now>'),
(121, 'wagtailcore', '0077_alter_revision_user', '<now>'),
(122, 'wagtailcore', '0078_referenceindex', '<now>'),
(123, 'wagtailcore', '0079_rename_taskstate_page_revision', '<now>'),
(124, 'wagtailcore', '0080_generic_workflowstate', '<now>'),
(125, 'wagtailcore', '0081_populate_workflowstate_content_type', '<now>'),
(126, 'wagtailcore', '0082_alter_workflowstate_content_type_notnull', '<now>'),
(127, 'wagtailcore', '0083_workflowcontenttype', '<now>'),
(128, 'wagtailcore', '0084_add_default_page_permissions', '<now>'),
(129, 'wagtailcore', '0085_add_grouppagepermission_permission', '<now>'),
(130, 'wagtailcore', '0086_populate_grouppagepermission_permission', '<now>'),
(131, 'wagtailcore', '0087_alter_grouppagepermission_unique_together_and_more', '<now>'),
(132, 'wagtailcore', '0088_fix_log_entry_json_timestamps', '<now>'),
(133, 'wagtailcore', '0089_log_entry_data_json_null_to_object', '<now>'),
(134, 'wagtailcore', '0090_remove_grouppagepermission_permission_type', '<now>'),
(135, 'wagtailcore', '0091_remove_revision_submitted_for_moderation', '<now>'),
(136, 'wagtailcore', '0092_alter_collectionviewrestriction_password_and_more', '<now>'),
(137, 'wagtailcore', '0093_uploadedfile', '<now>'),
(138, 'wagtailcore', '0094_alter_page_locale', '<now>'),
(139, 'wagtailcore', '0095_groupsitepermission', '<now>'),
(140, 'wagtailcore', '0096_referenceindex_referenceindex_source_object_and_more', '<now>'),
(141, 'wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes', '<now>'),
(142, 'wagtailadmin', '0002_admin', '<now>'),
(143, 'wagtailadmin', '0003_admin_managed', '<now>'),
(144, 'wagtailadmin', '0004_editingsession', '<now>'),
(145, 'wagtailadmin', '0005_editingsession_is_editing', '<now>'),
(146, 'wagtailadmin', '0006_formstate', '<now>'),
(147, 'subscribers', '0001_initial', '<now>'),
(148, 'publishing', '0001_initial', '<now>'),
(149, 'desk', '0001_desk_sessions', '<now>'),
(150, 'desk', '0002_home_and_search', '<now>'),
(151, 'monitoring', '0001_initial', '<now>'),
(152, 'monitoring', '0002_import_stuck', '<now>'),
(153, 'otp_static', '0001_initial', '<now>'),
(154, 'otp_static', '0002_throttling', '<now>'),
(155, 'otp_static', '0003_add_timestamps', '<now>'),
(156, 'otp_totp', '0001_initial', '<now>'),
(157, 'otp_totp', '0002_auto_20190420_0723', '<now>'),
(158, 'otp_totp', '0003_add_timestamps', '<now>'),
(159, 'subscribers', '0002_words', '<now>'),
(160, 'subscribers', '0003_sign_up', '<now>'),
(161, 'subscribers', '0004_history', '<now>'),
(162, 'subscribers', '0005_preferences', '<now>'),
(163, 'subscribers', '0006_imports', '<now>'),
(164, 'subscribers', '0007_segments', '<now>'),
(165, 'publishing', '0002_publication_look', '<now>'),
(166, 'publishing', '0003_quiet_dates', '<now>'),
(167, 'publishing', '0004_publication_skeleton', '<now>'),
(168, 'publishing', '0005_words', '<now>'),
(169, 'publishing', '0006_lead_picture_shape', '<now>'),
(170, 'publishing', '0007_dropped_dates', '<now>'),
(171, 'publishing', '0008_segments', '<now>'),
(172, 'publishing', '0009_cadence_patterns', '<now>'),
(173, 'publishing', '0010_link_answers', '<now>'),
(174, 'publishing', '0011_numbers_and_drafts', '<now>'),
(175, 'publishing', '0012_published_entries', '<now>'),
(176, 'publishing', '0013_grace_hours', '<now>'),
(177, 'publishing', '0014_reader_counting', '<now>'),
(178, 'publishing', '0015_first_numbers', '<now>'),
(179, 'sending', '0001_initial', '<now>'),
(180, 'sending', '0002_missing_attempt_source', '<now>'),
(181, 'sending', '0003_words', '<now>'),
(182, 'sending', '0004_stored_phrases', '<now>'),
(183, 'sending', '0005_paused', '<now>'),
(184, 'sending', '0006_segments', '<now>'),
(185, 'sending', '0007_delivery_parents', '<now>'),
(186, 'sending', '0008_held_at', '<now>'),
(187, 'scheduling', '0001_initial', '<now>'),
(188, 'scheduling', '0002_planned_slots_and_feeds', '<now>'),
(189, 'scheduling', '0003_numbers_and_drafts', '<now>'),
(190, 'scheduling', '0004_reminders', '<now>'),
(191, 'scheduling', '0005_grace_periods', '<now>'),
(192, 'scheduling', '0006_reminders_without_answer', '<now>'),
(193, 'sending', '0009_reader_counting', '<now>'),
(194, 'sending', '0010_moved_databases', '<now>'),
(195, 'sending', '0011_finished_moves', '<now>'),
(196, 'sending', '0012_attempts_by_time', '<now>'),
(197, 'sending', '0013_parents_one_by_one', '<now>'),
(198, 'sessions', '0001_initial', '<now>'),
(199, 'subscribers', '0008_address_mail_retry', '<now>'),
(200, 'subscribers', '0009_list_suppressions', '<now>'),
(201, 'subscribers', '0010_names', '<now>'),
(202, 'subscribers', '0011_list_counts', '<now>'),
(203, 'subscribers', '0012_bulk_actions', '<now>'),
(204, 'subscribers', '0013_bulk_ledger_ends', '<now>'),
(205, 'subscribers', '0014_import_joined_dates', '<now>'),
(206, 'subscribers', '0015_counting_refusals', '<now>'),
(207, 'subscribers', '0016_bulk_previews', '<now>'),
(208, 'subscribers', '0017_when_suppressions_were_written', '<now>'),
(209, 'subscribers', '0018_parents_by_statement', '<now>'),
(210, 'subscribers', '0019_half_written_imports', '<now>'),
(211, 'subscribers', '0020_keys_by_index', '<now>'),
(212, 'taggit', '0002_auto_20150616_2121', '<now>'),
(213, 'taggit', '0003_taggeditem_add_unique_index', '<now>'),
(214, 'taggit', '0004_alter_taggeditem_content_type_alter_taggeditem_tag', '<now>'),
(215, 'taggit', '0005_auto_20220424_2025', '<now>'),
(216, 'taggit', '0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx', '<now>'),
(217, 'throttling', '0001_initial', '<now>'),
(218, 'tracking', '0001_initial', '<now>'),
(219, 'tracking', '0002_suppression_pull', '<now>'),
(220, 'tracking', '0003_reader_counts', '<now>'),
(221, 'tracking', '0004_provider_list_runs', '<now>'),
(222, 'wagtailsearch', '0001_initial', '<now>'),
(223, 'wagtailsearch', '0002_add_verbose_names', '<now>'),
(224, 'wagtailsearch', '0003_remove_editors_pick', '<now>'),
(225, 'wagtailsearch', '0004_querydailyhits_verbose_name_plural', '<now>'),
(226, 'wagtailsearch', '0005_create_indexentry', '<now>'),
(227, 'wagtailsearch', '0006_customise_indexentry', '<now>'),
(228, 'wagtailsearch', '0007_delete_editorspick', '<now>'),
(229, 'wagtailsearch', '0008_remove_query_and_querydailyhits_models', '<now>'),
(230, 'wagtailsearch', '0009_remove_ngram_autocomplete', '<now>'),
(231, 'wagtailsearch', '0010_add_text_fields', '<now>'),
(232, 'wagtailusers', '0001_initial', '<now>'),
(233, 'wagtailusers', '0002_add_verbose_name_on_userprofile', '<now>'),
(234, 'wagtailusers', '0003_add_verbose_names', '<now>'),
(235, 'wagtailusers', '0004_capitalizeverbose', '<now>'),
(236, 'wagtailusers', '0005_make_related_name_wagtail_specific', '<now>'),
(237, 'wagtailusers', '0006_userprofile_prefered_language', '<now>'),
(238, 'wagtailusers', '0007_userprofile_current_time_zone', '<now>'),
(239, 'wagtailusers', '0008_userprofile_avatar', '<now>'),
(240, 'wagtailusers', '0009_userprofile_verbose_name_plural', '<now>'),
(241, 'wagtailusers', '0010_userprofile_updated_comments_notifications', '<now>'),
(242, 'wagtailusers', '0011_userprofile_dismissibles', '<now>'),
(243, 'wagtailusers', '0012_userprofile_theme', '<now>'),
(244, 'wagtailusers', '0013_userprofile_density', '<now>'),
(245, 'wagtailusers', '0014_userprofile_contrast', '<now>'),
(246, 'wagtailusers', '0015_userprofile_keyboard_shortcuts', '<now>'),
(247, 'wagtailimages', '0001_squashed_0021', '<now>'),
(248, 'wagtailcore', '0001_squashed_0016_change_page_url_path_to_text_field', '<now>');
INSERT INTO "django_content_type" VALUES
(1, 'wagtailcore', 'page'),
(2, 'wagtailimages', 'image'),
(3, 'wagtailadmin', 'admin'),
(4, 'wagtailcore', 'groupapprovaltask'),
(5, 'wagtailcore', 'locale'),
(6, 'wagtailcore', 'site'),
(7, 'wagtailcore', 'groupsitepermission'),
(8, 'wagtailcore', 'modellogentry'),
(9, 'wagtailcore', 'revision'),
(10, 'wagtailcore', 'collectionviewrestriction'),
(11, 'wagtailcore', 'collection'),
(12, 'wagtailcore', 'groupcollectionpermission'),
(13, 'wagtailcore', 'uploadedfile'),
(14, 'wagtailcore', 'workflowcontenttype'),
(15, 'wagtailcore', 'workflowstate'),
(16, 'wagtailcore', 'workflow'),
(17, 'wagtailcore', 'workflowtask'),
(18, 'wagtailcore', 'task'),
(19, 'wagtailcore', 'taskstate'),
(20, 'wagtailcore', 'grouppagepermission'),
(21, 'wagtailcore', 'pageviewrestriction'),
(22, 'wagtailcore', 'workflowpage'),
(23, 'wagtailcore', 'pagelogentry'),
(24, 'wagtailcore', 'comment'),
(25, 'wagtailcore', 'commentreply'),
(26, 'wagtailcore', 'pagesubscription'),
(27, 'wagtailcore', 'referenceindex'),
(28, 'desk', 'desksession'),
(29, 'desk', 'hiddensteps'),
(30, 'desk', 'issuewords'),
(31, 'monitoring', 'alarm'),
(32, 'monitoring', 'alarmmessage'),
(33, 'publishing', 'publication'),
(34, 'publishing', 'archivepage'),
(35, 'publishing', 'issue'),
(36, 'publishing', 'acceptance'),
(37, 'publishing', 'linkanswer'),
(38, 'publishing', 'webentry'),
(39, 'scheduling', 'slot'),
(40, 'scheduling', 'clockreading'),
(41, 'scheduling', 'calendarfeed'),
(42, 'scheduling', 'notice'),
(43, 'scheduling', 'reminderchoice'),
(44, 'sending', 'edition'),
(45, 'sending', 'send'),
(46, 'sending', 'batch'),
(47, 'sending', 'providerbatch'),
(48, 'sending', 'attempt'),
(49, 'sending', 'evidence'),
(50, 'sending', 'delivery'),
(51, 'sending', 'lateleaver'),
(52, 'sending', 'exclusion'),
(53, 'sending', 'auditentry'),
(54, 'sending', 'rate'),
(55, 'sending', 'dryrun'),
(56, 'sending', 'databaseidentity'),
(57, 'sending', 'submitter'),
(58, 'sending', 'missingattempt'),
(59, 'sending', 'alreadymailed'),
(60, 'sending', 'approvalrequest'),
(61, 'throttling', 'counter'),
(62, 'tracking', 'post'),
(63, 'tracking', 'event'),
(64, 'tracking', 'unparsedevent'),
(65, 'tracking', 'dailyeventcount'),
(66, 'tracking', 'suppressionpull'),
(67, 'tracking', 'countedsum'),
(68, 'tracking', 'countedlink'),
(69, 'tracking', 'countedclicks'),
(70, 'tracking', 'countedopens'),
(71, 'tracking', 'countedevent'),
(72, 'tracking', 'providerlistrun'),
(73, 'subscribers', 'subscriber'),
(74, 'subscribers', 'list'),
(75, 'subscribers', 'subscription'),
(76, 'subscribers', 'suppression'),
(77, 'subscribers', 'suppressionremoval'),
(78, 'subscribers', 'signingkey'),
(79, 'subscribers', 'signupform'),
(80, 'subscribers', 'consent'),
(81, 'subscribers', 'signup'),
(82, 'subscribers', 'signupcount'),
(83, 'subscribers', 'subscriptionchange'),
(84, 'subscribers', 'cleaning'),
(85, 'subscribers', 'erasedaddress'),
(86, 'subscribers', 'addresschange'),
(87, 'subscribers', 'pause'),
(88, 'subscribers', 'pausedissue'),
(89, 'subscribers', 'importrun'),
(90, 'subscribers', 'columnmapping'),
(91, 'subscribers', 'importchange'),
(92, 'subscribers', 'segment'),
(93, 'subscribers', 'listsuppression'),
(94, 'subscribers', 'listcount'),
(95, 'subscribers', 'bulkrun'),
(96, 'subscribers', 'bulkchange'),
(97, 'subscribers', 'countingrefusal'),
(98, 'wagtailimages', 'rendition'),
(99, 'wagtailusers', 'userprofile'),
(100, 'wagtailadmin', 'editingsession'),
(101, 'wagtailadmin', 'formstate'),
(102, 'wagtailsearch', 'indexentry'),
(103, 'wagtailsearch', 'sqliteftsindexentry'),
(104, 'taggit', 'tag'),
(105, 'taggit', 'taggeditem'),
(106, 'auth', 'permission'),
(107, 'auth', 'group'),
(108, 'auth', 'user'),
(109, 'contenttypes', 'contenttype'),
(110, 'sessions', 'session'),
(111, 'otp_static', 'staticdevice'),
(112, 'otp_static', 'statictoken'),
(113, 'otp_totp', 'totpdevice');
INSERT INTO "auth_group_permissions" VALUES
(1, 2, 1),
(2, 2, 2),
(4, 1, 1),
(5, 1, 2),
(6, 1, 3),
(7, 2, 4),
(8, 1, 4),
(9, 2, 5),
(10, 1, 5);
INSERT INTO "auth_permission" VALUES
(1, 2, 'add_image', 'Can add image'),
(2, 2, 'change_image', 'Can change image'),
(3, 2, 'delete_image', 'Can delete image'),
(4, 3, 'access_admin', 'Can access Wagtail admin'),
(5, 2, 'choose_image', 'Can choose image'),
(6, 5, 'add_locale', 'Can add locale'),
(7, 5, 'change_locale', 'Can change locale'),
(8, 5, 'delete_locale', 'Can delete locale'),
(9, 5, 'view_locale', 'Can view locale'),
(10, 6, 'add_site', 'Can add site'),
(11, 6, 'change_site', 'Can change site'),
(12, 6, 'delete_site', 'Can delete site'),
(13, 6, 'view_site', 'Can view site'),
(14, 7, 'add_groupsitepermission', 'Can add group site permission'),
(15, 7, 'change_groupsitepermission', 'Can change group site permission'),
(16, 7, 'delete_groupsitepermission', 'Can delete group site permission'),
(17, 7, 'view_groupsitepermission', 'Can view group site permission'),
(18, 8, 'add_modellogentry', 'Can add model log entry'),
(19, 8, 'change_modellogentry', 'Can change model log entry'),
(20, 8, 'delete_modellogentry', 'Can delete model log entry'),
(21, 8, 'view_modellogentry', 'Can view model log entry'),
(22, 9, 'add_revision', 'Can add revision'),
(23, 9, 'change_revision', 'Can change revision'),
(24, 9, 'delete_revision', 'Can delete revision'),
(25, 9, 'view_revision', 'Can view revision'),
(26, 10, 'add_collectionviewrestriction', 'Can add collection view restriction'),
(27, 10, 'change_collectionviewrestriction', 'Can change collection view restriction'),
(28, 10, 'delete_collectionviewrestriction', 'Can delete collection view restriction'),
(29, 10, 'view_collectionviewrestriction', 'Can view collection view restriction'),
(30, 11, 'add_collection', 'Can add collection'),
(31, 11, 'change_collection', 'Can change collection'),
(32, 11, 'delete_collection', 'Can delete collection'),
(33, 11, 'view_collection', 'Can view collection'),
(34, 12, 'add_groupcollectionpermission', 'Can add group collection permission'),
(35, 12, 'change_groupcollectionpermission', 'Can change group collection permission'),
(36, 12, 'delete_groupcollectionpermission', 'Can delete group collection permission'),
(37, 12, 'view_groupcollectionpermission', 'Can view group collection permission'),
(38, 13, 'add_uploadedfile', 'Can add uploaded file'),
(39, 13, 'change_uploadedfile', 'Can change uploaded file'),
(40, 13, 'delete_uploadedfile', 'Can delete uploaded file'),
(41, 13, 'view_uploadedfile', 'Can view uploaded file'),
(42, 14, 'add_workflowcontenttype', 'Can add workflow content type'),
(43, 14, 'change_workflowcontenttype', 'Can change workflow content type'),
(44, 14, 'delete_workflowcontenttype', 'Can delete workflow content type'),
(45, 14, 'view_workflowcontenttype', 'Can view workflow content type'),
(46, 15, 'add_workflowstate', 'Can add Workflow state'),
(47, 15, 'change_workflowstate', 'Can change Workflow state'),
(48, 15, 'delete_workflowstate', 'Can delete Workflow state'),
(49, 15, 'view_workflowstate', 'Can view Workflow state'),
(50, 16, 'add_workflow', 'Can add workflow'),
(51, 16, 'change_workflow', 'Can change workflow'),
(52, 16, 'delete_workflow', 'Can delete workflow'),
(53, 16, 'view_workflow', 'Can view workflow'),
(54, 17, 'add_workflowtask', 'Can add workflow task order'),
(55, 17, 'change_workflowtask', 'Can change workflow task order'),
(56, 17, 'delete_workflowtask', 'Can delete workflow task order'),
(57, 17, 'view_workflowtask', 'Can view workflow task order'),
(58, 18, 'add_task', 'Can add task'),
(59, 18, 'change_task', 'Can change task'),
(60, 18, 'delete_task', 'Can delete task'),
(61, 18, 'view_task', 'Can view task'),
(62, 4, 'add_groupapprovaltask', 'Can add Group approval task'),
(63, 4, 'change_groupapprovaltask', 'Can change Group approval task'),
(64, 4, 'delete_groupapprovaltask', 'Can delete Group approval task'),
(65, 4, 'view_groupapprovaltask', 'Can view Group approval task'),
(66, 19, 'add_taskstate', 'Can add Task state'),
(67, 19, 'change_taskstate', 'Can change Task state'),
(68, 19, 'delete_taskstate', 'Can delete Task state'),
(69, 19, 'view_taskstate', 'Can view Task state'),
(70, 1, 'add_page', 'Can add page'),
(71, 1, 'change_page', 'Can change page'),
(72, 1, 'delete_page', 'Can delete page'),
(73, 1, 'view_page', 'Can view page'),
(74, 1, 'bulk_delete_page', 'Delete pages with children'),
(75, 1, 'lock_page', 'Lock/unlock pages you''ve locked'),
(76, 1, 'publish_page', 'Publish any page'),
(77, 1, 'unlock_page', 'Unlock any page'),
(78, 20, 'add_grouppagepermission', 'Can add group page permission'),
(79, 20, 'change_grouppagepermission', 'Can change group page permission'),
(80, 20, 'delete_grouppagepermission', 'Can delete group page permission'),
(81, 20, 'view_grouppagepermission', 'Can view group page permission'),
(82, 21, 'add_pageviewrestriction', 'Can add page view restriction'),
(83, 21, 'change_pageviewrestriction', 'Can change page view restriction'),
(84, 21, 'delete_pageviewrestriction', 'Can delete page view restriction'),
(85, 21, 'view_pageviewrestriction', 'Can view page view restriction'),
(86, 22, 'add_workflowpage', 'Can add workflow page'),
(87, 22, 'change_workflowpage', 'Can change workflow page'),
(88, 22, 'delete_workflowpage', 'Can delete workflow page'),
(89, 22, 'view_workflowpage', 'Can view workflow page'),
(90, 23, 'add_pagelogentry', 'Can add page log entry'),
(91, 23, 'change_pagelogentry', 'Can change page log entry'),
(92, 23, 'delete_pagelogentry', 'Can delete page log entry'),
(93, 23, 'view_pagelogentry', 'Can view page log entry'),
(94, 24, 'add_comment', 'Can add comment'),
(95, 24, 'change_comment', 'Can change comment'),
(96, 24, 'delete_comment', 'Can delete comment'),
(97, 24, 'view_comment', 'Can view comment'),
(98, 25, 'add_commentreply', 'Can add comment reply'),
(99, 25, 'change_commentreply', 'Can change comment reply'),
(100, 25, 'delete_commentreply', 'Can delete comment reply'),
(101, 25, 'view_commentreply', 'Can view comment reply'),
(102, 26, 'add_pagesubscription', 'Can add page subscription'),
(103, 26, 'change_pagesubscription', 'Can change page subscription'),
(104, 26, 'delete_pagesubscription', 'Can delete page subscription'),
(105, 26, 'view_pagesubscription', 'Can view page subscription'),
(106, 27, 'add_referenceindex', 'Can add reference index'),
(107, 27, 'change_referenceindex', 'Can change reference index'),
(108, 27, 'delete_referenceindex', 'Can delete reference index'),
(109, 27, 'view_referenceindex', 'Can view reference index'),
(110, 28, 'add_desksession', 'Can add desk session'),
(111, 28, 'change_desksession', 'Can change desk session'),
(112, 28, 'delete_desksession', 'Can delete desk session'),
(113, 28, 'view_desksession', 'Can view desk session'),
(114, 29, 'add_hiddensteps', 'Can add hidden steps'),
(115, 29, 'change_hiddensteps', 'Can change hidden steps'),
(116, 29, 'delete_hiddensteps', 'Can delete hidden steps'),
(117, 29, 'view_hiddensteps', 'Can view hidden steps'),
(118, 30, 'add_issuewords', 'Can add issue words'),
(119, 30, 'change_issuewords', 'Can change issue words'),
(120, 30, 'delete_issuewords', 'Can delete issue words'),
(121, 30, 'view_issuewords', 'Can view issue words'),
(122, 31, 'add_alarm', 'Can add alarm'),
(123, 31, 'change_alarm', 'Can change alarm'),
(124, 31, 'delete_alarm', 'Can delete alarm'),
(125, 31, 'view_alarm', 'Can view alarm'),
(126, 32, 'add_alarmmessage', 'Can add alarm message'),
(127, 32, 'change_alarmmessage', 'Can change alarm message'),
(128, 32, 'delete_alarmmessage', 'Can delete alarm message'),
(129, 32, 'view_alarmmessage', 'Can view alarm message'),
(130, 33, 'add_publication', 'Can add publication'),
(131, 33, 'change_publication', 'Can change publication'),
(132, 33, 'delete_publication', 'Can delete publication'),
(133, 33, 'view_publication', 'Can view publication'),
(134, 34, 'add_archivepage', 'Can add archive'),
(135, 34, 'change_archivepage', 'Can change archive'),
(136, 34, 'delete_archivepage', 'Can delete archive'),
(137, 34, 'view_archivepage', 'Can view archive'),
(138, 35, 'add_issue', 'Can add issue'),
(139, 35, 'change_issue', 'Can change issue'),
(140, 35, 'delete_issue', 'Can delete issue'),
(141, 35, 'view_issue', 'Can view issue'),
(142, 35, 'queue_issue', 'Can queue an issue for sending'),
(143, 35, 'approve_issue', 'Can approve an issue'),
(144, 36, 'add_acceptance', 'Can add acceptance'),
(145, 36, 'change_acceptance', 'Can change acceptance'),
(146, 36, 'delete_acceptance', 'Can delete acceptance'),
(147, 36, 'view_acceptance', 'Can view acceptance'),
(148, 37, 'add_linkanswer', 'Can add link answer'),
(149, 37, 'change_linkanswer', 'Can change link answer'),
(150, 37, 'delete_linkanswer', 'Can delete link answer'),
(151, 37, 'view_linkanswer', 'Can view link answer'),
(152, 38, 'add_webentry', 'Can add web entry'),
(153, 38, 'change_webentry', 'Can change web entry'),
(154, 38, 'delete_webentry', 'Can delete web entry'),
(155, 38, 'view_webentry', 'Can view web entry'),
(156, 39, 'add_slot', 'Can add slot'),
(157, 39, 'change_slot', 'Can change slot'),
(158, 39, 'delete_slot', 'Can delete slot'),
(159, 39, 'view_slot', 'Can view slot'),
(160, 40, 'add_clockreading', 'Can add clock reading'),
(161, 40, 'change_clockreading', 'Can change clock reading'),
(162, 40, 'delete_clockreading', 'Can delete clock reading'),
(163, 40, 'view_clockreading', 'Can view clock reading'),
(164, 41, 'add_calendarfeed', 'Can add calendar feed'),
(165, 41, 'change_calendarfeed', 'Can change calendar feed'),
(166, 41, 'delete_calendarfeed', 'Can delete calendar feed'),
(167, 41, 'view_calendarfeed', 'Can view calendar feed'),
(168, 42, 'add_notice', 'Can add notice'),
(169, 42, 'change_notice', 'Can change notice'),
(170, 42, 'delete_notice', 'Can delete notice'),
(171, 42, 'view_notice', 'Can view notice'),
(172, 43, 'add_reminderchoice', 'Can add reminder choice'),
(173, 43, 'change_reminderchoice', 'Can change reminder choice'),
(174, 43, 'delete_reminderchoice', 'Can delete reminder choice'),
(175, 43, 'view_reminderchoice', 'Can view reminder choice'),
(176, 44, 'add_edition', 'Can add edition'),
(177, 44, 'change_edition', 'Can change edition'),
(178, 44, 'delete_edition', 'Can delete edition'),
(179, 44, 'view_edition', 'Can view edition'),
(180, 45, 'add_send', 'Can add send'),
(181, 45, 'change_send', 'Can change send'),
(182, 45, 'delete_send', 'Can delete send'),
(183, 45, 'view_send', 'Can view send'),
(184, 46, 'add_batch', 'Can add batch'),
(185, 46, 'change_batch', 'Can change batch'),
(186, 46, 'delete_batch', 'Can delete batch'),
(187, 46, 'view_batch', 'Can view batch'),
(188, 47, 'add_providerbatch', 'Can add provider batch'),
(189, 47, 'change_providerbatch', 'Can change provider batch'),
(190, 47, 'delete_providerbatch', 'Can delete provider batch'),
(191, 47, 'view_providerbatch', 'Can view provider batch'),
(192, 48, 'add_attempt', 'Can add attempt'),
(193, 48, 'change_attempt', 'Can change attempt'),
(194, 48, 'delete_attempt', 'Can delete attempt'),
(195, 48, 'view_attempt', 'Can view attempt'),
(196, 49, 'add_evidence', 'Can add evidence'),
(197, 49, 'change_evidence', 'Can change evidence'),
(198, 49, 'delete_evidence', 'Can delete evidence'),
(199, 49, 'view_evidence', 'Can view evidence'),
(200, 50, 'add_delivery', 'Can add delivery'),
(201, 50, 'change_delivery', 'Can change delivery'),
(202, 50, 'delete_delivery', 'Can delete delivery'),
(203, 50, 'view_delivery', 'Can view delivery'),
(204, 51, 'add_lateleaver', 'Can add late leaver'),
(205, 51, 'change_lateleaver', 'Can change late leaver'),
(206, 51, 'delete_lateleaver', 'Can delete late leaver'),
(207, 51, 'view_lateleaver', 'Can view late leaver'),
(208, 52, 'add_exclusion', 'Can add exclusion'),
(209, 52, 'change_exclusion', 'Can change exclusion'),
(210, 52, 'delete_exclusion', 'Can delete exclusion'),
(211, 52, 'view_exclusion', 'Can view exclusion'),
(212, 53, 'add_auditentry', 'Can add audit entry'),
(213, 53, 'change_auditentry', 'Can change audit entry'),
(214, 53, 'delete_auditentry', 'Can delete audit entry'),
(215, 53, 'view_auditentry', 'Can view audit entry'),
(216, 54, 'add_rate', 'Can add rate'),
(217, 54, 'change_rate', 'Can change rate'),
(218, 54, 'delete_rate', 'Can delete rate'),
(219, 54, 'view_rate', 'Can view rate'),
(220, 55, 'add_dryrun', 'Can add dry run'),
(221, 55, 'change_dryrun', 'Can change dry run'),
(222, 55, 'delete_dryrun', 'Can delete dry run'),
(223, 55, 'view_dryrun', 'Can view dry run'),
(224, 56, 'add_databaseidentity', 'Can add database identity'),
(225, 56, 'change_databaseidentity', 'Can change database identity'),
(226, 56, 'delete_databaseidentity', 'Can delete database identity'),
(227, 56, 'view_databaseidentity', 'Can view database identity'),
(228, 57, 'add_submitter', 'Can add submitter'),
(229, 57, 'change_submitter', 'Can change submitter'),
(230, 57, 'delete_submitter', 'Can delete submitter'),
(231, 57, 'view_submitter', 'Can view submitter'),
(232, 58, 'add_missingattempt', 'Can add missing attempt'),
(233, 58, 'change_missingattempt', 'Can change missing attempt'),
(234, 58, 'delete_missingattempt', 'Can delete missing attempt'),
(235, 58, 'view_missingattempt', 'Can view missing attempt'),
(236, 59, 'add_alreadymailed', 'Can add already mailed'),
(237, 59, 'change_alreadymailed', 'Can change already mailed'),
(238, 59, 'delete_alreadymailed', 'Can delete already mailed'),
(239, 59, 'view_alreadymailed', 'Can view already mailed'),
(240, 60, 'add_approvalrequest', 'Can add request for approval'),
(241, 60, 'change_approvalrequest', 'Can change request for approval'),
(242, 60, 'delete_approvalrequest', 'Can delete request for approval'),
(243, 60, 'view_approvalrequest', 'Can view request for approval'),
(244, 61, 'add_counter', 'Can add counter'),
(245, 61, 'change_counter', 'Can change counter'),
(246, 61, 'delete_counter', 'Can delete counter'),
(247, 61, 'view_counter', 'Can view counter'),
(248, 62, 'add_post', 'Can add post'),
(249, 62, 'change_post', 'Can change post'),
(250, 62, 'delete_post', 'Can delete post'),
(251, 62, 'view_post', 'Can view post'),
(252, 63, 'add_event', 'Can add event'),
(253, 63, 'change_event', 'Can change event'),
(254, 63, 'delete_event', 'Can delete event'),
(255, 63, 'view_event', 'Can view event'),
(256, 64, 'add_unparsedevent', 'Can add unparsed event'),
(257, 64, 'change_unparsedevent', 'Can change unparsed event'),
(258, 64, 'delete_unparsedevent', 'Can delete unparsed event'),
(259, 64, 'view_unparsedevent', 'Can view unparsed event'),
(260, 65, 'add_dailyeventcount', 'Can add daily event count'),
(261, 65, 'change_dailyeventcount', 'Can change daily event count'),
(262, 65, 'delete_dailyeventcount', 'Can delete daily event count'),
(263, 65, 'view_dailyeventcount', 'Can view daily event count'),
(264, 66, 'add_suppressionpull', 'Can add suppression pull'),
(265, 66, 'change_suppressionpull', 'Can change suppression pull'),
(266, 66, 'delete_suppressionpull', 'Can delete suppression pull'),
(267, 66, 'view_suppressionpull', 'Can view suppression pull'),
(268, 67, 'add_countedsum', 'Can add counted sum'),
(269, 67, 'change_countedsum', 'Can change counted sum'),
(270, 67, 'delete_countedsum', 'Can delete counted sum'),
(271, 67, 'view_countedsum', 'Can view counted sum'),
(272, 68, 'add_countedlink', 'Can add counted link'),
(273, 68, 'change_countedlink', 'Can change counted link'),
(274, 68, 'delete_countedlink', 'Can delete counted link'),
(275, 68, 'view_countedlink', 'Can view counted link'),
(276, 69, 'add_countedclicks', 'Can add counted clicks'),
(277, 69, 'change_countedclicks', 'Can change counted clicks'),
(278, 69, 'delete_countedclicks', 'Can delete counted clicks'),
(279, 69, 'view_countedclicks', 'Can view counted clicks'),
(280, 70, 'add_countedopens', 'Can add counted opens'),
(281, 70, 'change_countedopens', 'Can change counted opens'),
(282, 70, 'delete_countedopens', 'Can delete counted opens'),
(283, 70, 'view_countedopens', 'Can view counted opens'),
(284, 71, 'add_countedevent', 'Can add counted event'),
(285, 71, 'change_countedevent', 'Can change counted event'),
(286, 71, 'delete_countedevent', 'Can delete counted event'),
(287, 71, 'view_countedevent', 'Can view counted event'),
(288, 72, 'add_providerlistrun', 'Can add provider list run'),
(289, 72, 'change_providerlistrun', 'Can change provider list run'),
(290, 72, 'delete_providerlistrun', 'Can delete provider list run'),
(291, 72, 'view_providerlistrun', 'Can view provider list run'),
(292, 73, 'add_subscriber', 'Can add subscriber'),
(293, 73, 'change_subscriber', 'Can change subscriber'),
(294, 73, 'delete_subscriber', 'Can delete subscriber'),
(295, 73, 'view_subscriber', 'Can view subscriber'),
(296, 74, 'add_list', 'Can add list'),
(297, 74, 'change_list', 'Can change list'),
(298, 74, 'delete_list', 'Can delete list'),
(299, 74, 'view_list', 'Can view list'),
(300, 75, 'add_subscription', 'Can add subscription'),
(301, 75, 'change_subscription', 'Can change subscription'),
(302, 75, 'delete_subscription', 'Can delete subscription'),
(303, 75, 'view_subscription', 'Can view subscription'),
(304, 76, 'add_suppression', 'Can add suppression'),
(305, 76, 'change_suppression', 'Can change suppression'),
(306, 76, 'delete_suppression', 'Can delete suppression'),
(307, 76, 'view_suppression', 'Can view suppression'),
(308, 77, 'add_suppressionremoval', 'Can add suppression removal'),
(309, 77, 'change_suppressionremoval', 'Can change suppression removal'),
(310, 77, 'delete_suppressionremoval', 'Can delete suppression removal'),
(311, 77, 'view_suppressionremoval', 'Can view suppression removal'),
(312, 78, 'add_signingkey', 'Can add signing key'),
(313, 78, 'change_signingkey', 'Can change signing key'),
(314, 78, 'delete_signingkey', 'Can delete signing key'),
(315, 78, 'view_signingkey', 'Can view signing key'),
(316, 79, 'add_signupform', 'Can add sign-up form'),
(317, 79, 'change_signupform', 'Can change sign-up form'),
(318, 79, 'delete_signupform', 'Can delete sign-up form'),
(319, 79, 'view_signupform', 'Can view sign-up form'),
(320, 80, 'add_consent', 'Can add consent'),
(321, 80, 'change_consent', 'Can change consent'),
(322, 80, 'delete_consent', 'Can delete consent'),
(323, 80, 'view_consent', 'Can view consent'),
(324, 81, 'add_signup', 'Can add sign up'),
(325, 81, 'change_signup', 'Can change sign up'),
(326, 81, 'delete_signup', 'Can delete sign up'),
(327, 81, 'view_signup', 'Can view sign up'),
(328, 82, 'add_signupcount', 'Can add sign up count'),
(329, 82, 'change_signupcount', 'Can change sign up count'),
(330, 82, 'delete_signupcount', 'Can delete sign up count'),
(331, 82, 'view_signupcount', 'Can view sign up count'),
(332, 83, 'add_subscriptionchange', 'Can add subscription change'),
(333, 83, 'change_subscriptionchange', 'Can change subscription change'),
(334, 83, 'delete_subscriptionchange', 'Can delete subscription change'),
(335, 83, 'view_subscriptionchange', 'Can view subscription change'),
(336, 84, 'add_cleaning', 'Can add cleaning'),
(337, 84, 'change_cleaning', 'Can change cleaning'),
(338, 84, 'delete_cleaning', 'Can delete cleaning'),
(339, 84, 'view_cleaning', 'Can view cleaning'),
(340, 85, 'add_erasedaddress', 'Can add erased address'),
(341, 85, 'change_erasedaddress', 'Can change erased address'),
(342, 85, 'delete_erasedaddress', 'Can delete erased address'),
(343, 85, 'view_erasedaddress', 'Can view erased address'),
(344, 86, 'add_addresschange', 'Can add address change'),
(345, 86, 'change_addresschange', 'Can change address change'),
(346, 86, 'delete_addresschange', 'Can delete address change'),
(347, 86, 'view_addresschange', 'Can view address change'),
(348, 87, 'add_pause', 'Can add pause'),
(349, 87, 'change_pause', 'Can change pause'),
(350, 87, 'delete_pause', 'Can delete pause'),
(351, 87, 'view_pause', 'Can view pause'),
(352, 88, 'add_pausedissue', 'Can add paused issue'),
(353, 88, 'change_pausedissue', 'Can change paused issue'),
(354, 88, 'delete_pausedissue', 'Can delete paused issue'),
(355, 88, 'view_pausedissue', 'Can view paused issue'),
(356, 89, 'add_importrun', 'Can add import'),
(357, 89, 'change_importrun', 'Can change import'),
(358, 89, 'delete_importrun', 'Can delete import'),
(359, 89, 'view_importrun', 'Can view import'),
(360, 90, 'add_columnmapping', 'Can add column mapping'),
(361, 90, 'change_columnmapping', 'Can change column mapping'),
(362, 90, 'delete_columnmapping', 'Can delete column mapping'),
(363, 90, 'view_columnmapping', 'Can view column mapping'),
(364, 91, 'add_importchange', 'Can add import change'),
(365, 91, 'change_importchange', 'Can change import change'),
(366, 91, 'delete_importchange', 'Can delete import change'),
(367, 91, 'view_importchange', 'Can view import change'),
(368, 92, 'add_segment', 'Can add segment'),
(369, 92, 'change_segment', 'Can change segment'),
(370, 92, 'delete_segment', 'Can delete segment'),
(371, 92, 'view_segment', 'Can view segment'),
(372, 93, 'add_listsuppression', 'Can add suppression for one list'),
(373, 93, 'change_listsuppression', 'Can change suppression for one list'),
(374, 93, 'delete_listsuppression', 'Can delete suppression for one list'),
(375, 93, 'view_listsuppression', 'Can view suppression for one list'),
(376, 94, 'add_listcount', 'Can add list count'),
(377, 94, 'change_listcount', 'Can change list count'),
(378, 94, 'delete_listcount', 'Can delete list count'),
(379, 94, 'view_listcount', 'Can view list count'),
(380, 95, 'add_bulkrun', 'Can add bulk action'),
(381, 95, 'change_bulkrun', 'Can change bulk action'),
(382, 95, 'delete_bulkrun', 'Can delete bulk action'),
(383, 95, 'view_bulkrun', 'Can view bulk action'),
(384, 96, 'add_bulkchange', 'Can add bulk change'),
(385, 96, 'change_bulkchange', 'Can change bulk change'),
(386, 96, 'delete_bulkchange', 'Can delete bulk change'),
(387, 96, 'view_bulkchange', 'Can view bulk change'),
(388, 97, 'add_countingrefusal', 'Can add counting refusal'),
(389, 97, 'change_countingrefusal', 'Can change counting refusal'),
(390, 97, 'delete_countingrefusal', 'Can delete counting refusal'),
(391, 97, 'view_countingrefusal', 'Can view counting refusal'),
(392, 2, 'view_image', 'Can view image'),
(393, 98, 'add_rendition', 'Can add rendition'),
(394, 98, 'change_rendition', 'Can change rendition'),
(395, 98, 'delete_rendition', 'Can delete rendition'),
(396, 98, 'view_rendition', 'Can view rendition'),
(397, 99, 'add_userprofile', 'Can add user profile'),
(398, 99, 'change_userprofile', 'Can change user profile'),
(399, 99, 'delete_userprofile', 'Can delete user profile'),
(400, 99, 'view_userprofile', 'Can view user profile'),
(401, 100, 'add_editingsession', 'Can add editing session'),
(402, 100, 'change_editingsession', 'Can change editing session'),
(403, 100, 'delete_editingsession', 'Can delete editing session'),
(404, 100, 'view_editingsession', 'Can view editing session'),
(405, 101, 'add_formstate', 'Can add form state'),
(406, 101, 'change_formstate', 'Can change form state'),
(407, 101, 'delete_formstate', 'Can delete form state'),
(408, 101, 'view_formstate', 'Can view form state'),
(409, 102, 'add_indexentry', 'Can add index entry'),
(410, 102, 'change_indexentry', 'Can change index entry'),
(411, 102, 'delete_indexentry', 'Can delete index entry'),
(412, 102, 'view_indexentry', 'Can view index entry'),
(413, 103, 'add_sqliteftsindexentry', 'Can add sqliteftsindexentry'),
(414, 103, 'change_sqliteftsindexentry', 'Can change sqliteftsindexentry'),
(415, 103, 'delete_sqliteftsindexentry', 'Can delete sqliteftsindexentry'),
(416, 103, 'view_sqliteftsindexentry', 'Can view sqliteftsindexentry'),
(417, 104, 'add_tag', 'Can add tag'),
(418, 104, 'change_tag', 'Can change tag'),
(419, 104, 'delete_tag', 'Can delete tag'),
(420, 104, 'view_tag', 'Can view tag'),
(421, 105, 'add_taggeditem', 'Can add tagged item'),
(422, 105, 'change_taggeditem', 'Can change tagged item'),
(423, 105, 'delete_taggeditem', 'Can delete tagged item'),
(424, 105, 'view_taggeditem', 'Can view tagged item'),
(425, 106, 'add_permission', 'Can add permission'),
(426, 106, 'change_permission', 'Can change permission'),
(427, 106, 'delete_permission', 'Can delete permission'),
(428, 106, 'view_permission', 'Can view permission'),
(429, 107, 'add_group', 'Can add group'),
(430, 107, 'change_group', 'Can change group'),
(431, 107, 'delete_group', 'Can delete group'),
(432, 107, 'view_group', 'Can view group'),
(433, 108, 'add_user', 'Can add user'),
(434, 108, 'change_user', 'Can change user'),
(435, 108, 'delete_user', 'Can delete user'),
(436, 108, 'view_user', 'Can view user'),
(437, 109, 'add_contenttype', 'Can add content type'),
(438, 109, 'change_contenttype', 'Can change content type'),
(439, 109, 'delete_contenttype', 'Can delete content type'),
(440, 109, 'view_contenttype', 'Can view content type'),
(441, 110, 'add_session', 'Can add session'),
(442, 110, 'change_session', 'Can change session'),
(443, 110, 'delete_session', 'Can delete session'),
(444, 110, 'view_session', 'Can view session'),
(445, 111, 'add_staticdevice', 'Can add static device'),
(446, 111, 'change_staticdevice', 'Can change static device'),
(447, 111, 'delete_staticdevice', 'Can delete static device'),
(448, 111, 'view_staticdevice', 'Can view static device'),
(449, 112, 'add_statictoken', 'Can add static token'),
(450, 112, 'change_statictoken', 'Can change static token'),
(451, 112, 'delete_statictoken', 'Can delete static token'),
(452, 112, 'view_statictoken', 'Can view static token'),
(453, 113, 'add_totpdevice', 'Can add TOTP device'),
(454, 113, 'change_totpdevice', 'Can change TOTP device'),
(455, 113, 'delete_totpdevice', 'Can delete TOTP device'),
(456, 113, 'view_totpdevice', 'Can view TOTP device');
INSERT INTO "auth_group" VALUES
(1, 'Moderators'),
(2, 'Editors');
INSERT INTO "wagtailcore_collection" VALUES
(1, '0001', 1, 0, 'Root');
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES
(1, 1, 2, 1),
(2, 1, 1, 1),
(3, 1, 2, 2),
(4, 1, 1, 2),
(5, 1, 2, 5),
(6, 1, 1, 5);
INSERT INTO "wagtailcore_site" VALUES
(1, 'localhost', 80, 1, 2, '');
INSERT INTO "wagtailcore_task" VALUES
(1, 'Moderators approval', 1, 4);
INSERT INTO "wagtailcore_workflow" VALUES
(1, 'Moderators approval', 1);
INSERT INTO "wagtailcore_groupapprovaltask" VALUES
(1);
INSERT INTO "wagtailcore_workflowpage" VALUES
(1, 1);
INSERT INTO "wagtailcore_workflowtask" VALUES
(1, 0, 1, 1);
INSERT INTO "wagtailcore_groupapprovaltask_groups" VALUES
(1, 1, 1);
INSERT INTO "wagtailcore_locale" VALUES
(1, 'en');
INSERT INTO "wagtailcore_page" VALUES
(1, '0001', 1, 1, 'Root', 'root', 1, 0, '/', '', 0, '', NULL, NULL, 0, 1, NULL, 0, NULL, NULL, NULL, NULL, 'Root', NULL, NULL, 1, '<uuid>', NULL, NULL),
(2, '00010001', 2, 0, 'Welcome to your new Wagtail site!', 'home', 1, 0, '/home/', '', 0, '', NULL, NULL, 0, 1, NULL, 0, NULL, NULL, NULL, NULL, 'Welcome to your new Wagtail site!', NULL, NULL, 1, '<uuid>', NULL, NULL);
INSERT INTO "wagtailcore_grouppagepermission" VALUES
(1, 1, 1, 70),
(2, 1, 1, 71),
(3, 1, 1, 76),
(4, 2, 1, 70),
(5, 2, 1, 71),
(6, 1, 1, 75),
(7, 1, 1, 77);
INSERT INTO "sending_databaseidentity" VALUES
(1, '<key>', '', NULL, 0, NULL, '', NULL, '', NULL);
DELETE FROM sqlite_sequence;
INSERT INTO "sqlite_sequence" VALUES
('django_migrations', 248),
('django_content_type', 113),
('auth_permission', 456),
('auth_group', 2),
('auth_user', 0),
('wagtailcore_collection', 1),
('auth_group_permissions', 10),
('wagtailcore_groupcollectionpermission', 6),
('wagtailimages_rendition', 0),
('wagtailimages_image', 0),
('wagtailcore_pageviewrestriction', 0),
('wagtailcore_site', 1),
('wagtailcore_task', 1),
('wagtailcore_groupapprovaltask_groups', 1),
('wagtailcore_workflow', 1),
('wagtailcore_workflowtask', 1),
('wagtailcore_locale', 1),
('wagtailcore_page', 2),
('wagtailcore_comment', 0),
('wagtailcore_taskstate', 0),
('wagtailcore_workflowstate', 0),
('wagtailcore_modellogentry', 0),
('wagtailcore_pagelogentry', 0),
('wagtailcore_grouppagepermission', 7),
('wagtailcore_revision', 0),
('wagtailadmin_editingsession', 0),
('otp_static_staticdevice', 0),
('otp_totp_totpdevice', 0),
('subscribers_subscriber', 0),
('publishing_publication', 0),
('scheduling_slot', 0),
('sending_send', 0),
('sending_databaseidentity', 1),
('subscribers_suppression', 0),
('subscribers_listsuppression', 0),
('subscribers_listcount', 0),
('subscribers_bulkrun', 0),
('taggit_taggeditem', 0),
('taggit_tag', 0),
('tracking_countedlink', 0),
('tracking_countedclicks', 0),
('wagtailsearch_indexentry', 0),
('wagtailusers_userprofile', 0);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");
CREATE UNIQUE INDEX "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" ON "auth_group_permissions" ("group_id", "permission_id");
CREATE INDEX "auth_group_permissions_group_id_b120cbf9" ON "auth_group_permissions" ("group_id");
CREATE INDEX "auth_group_permissions_permission_id_84c5c92e" ON "auth_group_permissions" ("permission_id");
CREATE UNIQUE INDEX "auth_user_groups_user_id_group_id_94350c0c_uniq" ON "auth_user_groups" ("user_id", "group_id");
CREATE INDEX "auth_user_groups_user_id_6a12ed8b" ON "auth_user_groups" ("user_id");
CREATE INDEX "auth_user_groups_group_id_97559544" ON "auth_user_groups" ("group_id");
CREATE UNIQUE INDEX "auth_user_user_permissions_user_id_permission_id_14a6b632_uniq" ON "auth_user_user_permissions" ("user_id", "permission_id");
CREATE INDEX "auth_user_user_permissions_user_id_a95ead1b" ON "auth_user_user_permissions" ("user_id");
CREATE INDEX "auth_user_user_permissions_permission_id_1fbb5f2c" ON "auth_user_user_permissions" ("permission_id");
CREATE UNIQUE INDEX "auth_permission_content_type_id_codename_01ab375a_uniq" ON "auth_permission" ("content_type_id", "codename");
CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id");
CREATE UNIQUE INDEX "wagtailcore_groupcollectionpermission_group_id_collection_id_permission_id_a21cefe9_uniq" ON "wagtailcore_groupcollectionpermission" ("group_id", "collection_id", "permission_id");
CREATE INDEX "wagtailcore_groupcollectionpermission_collection_id_5423575a" ON "wagtailcore_groupcollectionpermission" ("collection_id");
CREATE INDEX "wagtailcore_groupcollectionpermission_group_id_05d61460" ON "wagtailcore_groupcollectionpermission" ("group_id");
CREATE INDEX "wagtailcore_groupcollectionpermission_permission_id_1b626275" ON "wagtailcore_groupcollectionpermission" ("permission_id");
CREATE UNIQUE INDEX "wagtailimages_rendition_image_id_filter_spec_focal_point_key_323c8fe0_uniq" ON "wagtailimages_rendition" ("image_id", "filter_spec", "focal_point_key");
CREATE INDEX "wagtailimages_rendition_filter_spec_1cba3201" ON "wagtailimages_rendition" ("filter_spec");
CREATE INDEX "wagtailimages_rendition_image_id_3e1fd774" ON "wagtailimages_rendition" ("image_id");
CREATE INDEX "wagtailimages_image_created_at_86fa6cd4" ON "wagtailimages_image" ("created_at");
CREATE INDEX "wagtailimages_image_uploaded_by_user_id_5d73dc75" ON "wagtailimages_image" ("uploaded_by_user_id");
CREATE INDEX "wagtailimages_image_collection_id_c2f8af7e" ON "wagtailimages_image" ("collection_id");
CREATE INDEX "wagtailimages_image_file_hash_fb5bbb23" ON "wagtailimages_image" ("file_hash");
CREATE UNIQUE INDEX "wagtailcore_pageviewrestriction_groups_pageviewrestriction_id_group_id_d23f80bb_uniq" ON "wagtailcore_pageviewrestriction_groups" ("pageviewrestriction_id", "group_id");
CREATE INDEX "wagtailcore_pageviewrestriction_groups_pageviewrestriction_id_f147a99a" ON "wagtailcore_pageviewrestriction_groups" ("pageviewrestriction_id");
CREATE INDEX "wagtailcore_pageviewrestriction_groups_group_id_6460f223" ON "wagtailcore_pageviewrestriction_groups" ("group_id");
CREATE INDEX "wagtailcore_pageviewrestriction_page_id_15a8bea6" ON "wagtailcore_pageviewrestriction" ("page_id");
CREATE INDEX "wagtailcore_collectionviewrestriction_collection_id_761908ec" ON "wagtailcore_collectionviewrestriction" ("collection_id");
CREATE UNIQUE INDEX "wagtailcore_collectionviewrestriction_groups_collectionviewrestriction_id_group_id_988995ae_uniq" ON "wagtailcore_collectionviewrestriction_groups" ("collectionviewrestriction_id", "group_id");
CREATE INDEX "wagtailcore_collectionviewrestriction_groups_collectionviewrestriction_id_47320efd" ON "wagtailcore_collectionviewrestriction_groups" ("collectionviewrestriction_id");
CREATE INDEX "wagtailcore_collectionviewrestriction_groups_group_id_1823f2a3" ON "wagtailcore_collectionviewrestriction_groups" ("group_id");
CREATE UNIQUE INDEX "wagtailcore_site_hostname_port_2c626d70_uniq" ON "wagtailcore_site" ("hostname", "port");
CREATE INDEX "wagtailcore_site_hostname_96b20b46" ON "wagtailcore_site" ("hostname");
CREATE INDEX "wagtailcore_site_root_page_id_e02fb95c" ON "wagtailcore_site" ("root_page_id");
CREATE INDEX "wagtailcore_task_content_type_id_249ab8ba" ON "wagtailcore_task" ("content_type_id");
CREATE INDEX "wagtailcore_workflowpage_workflow_id_56f56ff6" ON "wagtailcore_workflowpage" ("workflow_id");
CREATE UNIQUE INDEX "wagtailcore_workflowtask_workflow_id_task_id_4ec7a62b_uniq" ON "wagtailcore_workflowtask" ("workflow_id", "task_id");
CREATE INDEX "wagtailcore_workflowtask_task_id_ce7716fe" ON "wagtailcore_workflowtask" ("task_id");
CREATE INDEX "wagtailcore_workflowtask_workflow_id_b9717175" ON "wagtailcore_workflowtask" ("workflow_id");
CREATE UNIQUE INDEX "wagtailcore_groupapprovaltask_groups_groupapprovaltask_id_group_id_bb5ee7eb_uniq" ON "wagtailcore_groupapprovaltask_groups" ("groupapprovaltask_id", "group_id");
CREATE INDEX "wagtailcore_groupapprovaltask_groups_groupapprovaltask_id_9a9255ea" ON "wagtailcore_groupapprovaltask_groups" ("groupapprovaltask_id");
CREATE INDEX "wagtailcore_groupapprovaltask_groups_group_id_2e64b61f" ON "wagtailcore_groupapprovaltask_groups" ("group_id");
CREATE UNIQUE INDEX "wagtailcore_page_translation_key_locale_id_9b041bad_uniq" ON "wagtailcore_page" ("translation_key", "locale_id");
CREATE INDEX "wagtailcore_page_slug_e7c11b8f" ON "wagtailcore_page" ("slug");
CREATE INDEX "wagtailcore_page_content_type_id_c28424df" ON "wagtailcore_page" ("content_type_id");
CREATE INDEX "wagtailcore_page_owner_id_fbf7c332" ON "wagtailcore_page" ("owner_id");
CREATE INDEX "wagtailcore_page_first_published_at_2b5dd637" ON "wagtailcore_page" ("first_published_at");
CREATE INDEX "wagtailcore_page_live_revision_id_930bd822" ON "wagtailcore_page" ("live_revision_id");
CREATE INDEX "wagtailcore_page_locked_by_id_bcb86245" ON "wagtailcore_page" ("locked_by_id");
CREATE INDEX "wagtailcore_page_locale_id_3c7e30a6" ON "wagtailcore_page" ("locale_id");
CREATE INDEX "wagtailcore_page_alias_of_id_12945502" ON "wagtailcore_page" ("alias_of_id");
CREATE INDEX "wagtailcore_commentreply_comment_id_afc7e027" ON "wagtailcore_commentreply" ("comment_id");
CREATE INDEX "wagtailcore_commentreply_user_id_d0b3b9c3" ON "wagtailcore_commentreply" ("user_id");
CREATE UNIQUE INDEX "wagtailcore_pagesubscription_page_id_user_id_0cef73ed_uniq" ON "wagtailcore_pagesubscription" ("page_id", "user_id");
CREATE INDEX "wagtailcore_pagesubscription_page_id_a085e7a6" ON "wagtailcore_pagesubscription" ("page_id");
CREATE INDEX "wagtailcore_pagesubscription_user_id_89d7def9" ON "wagtailcore_pagesubscription" ("user_id");
CREATE INDEX "wagtailcore_comment_page_id_108444b5" ON "wagtailcore_comment" ("page_id");
CREATE INDEX "wagtailcore_comment_resolved_by_id_a282aa0e" ON "wagtailcore_comment" ("resolved_by_id");
CREATE INDEX "wagtailcore_comment_revision_created_id_1d058279" ON "wagtailcore_comment" ("revision_created_id");
CREATE INDEX "wagtailcore_comment_user_id_0c577ca6" ON "wagtailcore_comment" ("user_id");
CREATE INDEX "wagtailcore_page_latest_revision_id_e60fef51" ON "wagtailcore_page" ("latest_revision_id");
CREATE UNIQUE INDEX "wagtailcore_referenceindex_base_content_type_id_object_id_to_content_type_id_to_object_id_content_path_hash_9e6ccd6a_uniq" ON "wagtailcore_referenceindex" ("base_content_type_id", "object_id", "to_content_type_id", "to_object_id", "content_path_hash");
CREATE INDEX "wagtailcore_referenceindex_base_content_type_id_313cf40f" ON "wagtailcore_referenceindex" ("base_content_type_id");
CREATE INDEX "wagtailcore_referenceindex_content_type_id_766e0336" ON "wagtailcore_referenceindex" ("content_type_id");
CREATE INDEX "wagtailcore_referenceindex_to_content_type_id_93690bbd" ON "wagtailcore_referenceindex" ("to_content_type_id");
CREATE INDEX "wagtailcore_taskstate_content_type_id_0a758fdc" ON "wagtailcore_taskstate" ("content_type_id");
CREATE INDEX "wagtailcore_taskstate_task_id_c3677c34" ON "wagtailcore_taskstate" ("task_id");
CREATE INDEX "wagtailcore_taskstate_workflow_state_id_9239a775" ON "wagtailcore_taskstate" ("workflow_state_id");
CREATE INDEX "wagtailcore_taskstate_finished_by_id_13f98229" ON "wagtailcore_taskstate" ("finished_by_id");
CREATE INDEX "wagtailcore_taskstate_revision_id_df25a499" ON "wagtailcore_taskstate" ("revision_id");
CREATE UNIQUE INDEX "unique_in_progress_workflow" ON "wagtailcore_workflowstate" ("base_content_type_id", "object_id") WHERE "status" IN ('in_progress', 'needs_changes');
CREATE INDEX "wagtailcore_workflowstate_requested_by_id_4090bca3" ON "wagtailcore_workflowstate" ("requested_by_id");
CREATE INDEX "wagtailcore_workflowstate_workflow_id_1f18378f" ON "wagtailcore_workflowstate" ("workflow_id");
CREATE INDEX "wagtailcore_workflowstate_base_content_type_id_a30dc576" ON "wagtailcore_workflowstate" ("base_content_type_id");
CREATE INDEX "wagtailcore_workflowstate_content_type_id_2bb78ce1" ON "wagtailcore_workflowstate" ("content_type_id");
CREATE INDEX "workflowstate_ct_id_idx" ON "wagtailcore_workflowstate" ("content_type_id", "object_id");
CREATE INDEX "workflowstate_base_ct_id_idx" ON "wagtailcore_workflowstate" ("base_content_type_id", "object_id");
CREATE INDEX "wagtailcore_workflowcontenttype_workflow_id_9aad7cd2" ON "wagtailcore_workflowcontenttype" ("workflow_id");
CREATE INDEX "wagtailcore_modellogentry_action_d2d856ee" ON "wagtailcore_modellogentry" ("action");
CREATE INDEX "wagtailcore_modellogentry_timestamp_9694521b" ON "wagtailcore_modellogentry" ("timestamp");
CREATE INDEX "wagtailcore_modellogentry_content_changed_8bc39742" ON "wagtailcore_modellogentry" ("content_changed");
CREATE INDEX "wagtailcore_modellogentry_object_id_e0e7d4ef" ON "wagtailcore_modellogentry" ("object_id");
CREATE INDEX "wagtailcore_modellogentry_content_type_id_68849e77" ON "wagtailcore_modellogentry" ("content_type_id");
CREATE INDEX "wagtailcore_modellogentry_user_id_0278d1bf" ON "wagtailcore_modellogentry" ("user_id");
CREATE INDEX "wagtailcore_modellogentry_revision_id_df6ca33a" ON "wagtailcore_modellogentry" ("revision_id");
CREATE INDEX "wagtailcore_pagelogentry_action_c2408198" ON "wagtailcore_pagelogentry" ("action");
CREATE INDEX "wagtailcore_pagelogentry_timestamp_deb774c4" ON "wagtailcore_pagelogentry" ("timestamp");
CREATE INDEX "wagtailcore_pagelogentry_content_changed_99f27ade" ON "wagtailcore_pagelogentry" ("content_changed");
CREATE INDEX "wagtailcore_pagelogentry_content_type_id_74e7708a" ON "wagtailcore_pagelogentry" ("content_type_id");
CREATE INDEX "wagtailcore_pagelogentry_page_id_8464e327" ON "wagtailcore_pagelogentry" ("page_id");
CREATE INDEX "wagtailcore_pagelogentry_revision_id_8043d103" ON "wagtailcore_pagelogentry" ("revision_id");
CREATE INDEX "wagtailcore_pagelogentry_user_id_604ccfd8" ON "wagtailcore_pagelogentry" ("user_id");
CREATE INDEX "wagtailcore_grouppagepermission_group_id_fc07e671" ON "wagtailcore_grouppagepermission" ("group_id");
CREATE INDEX "wagtailcore_grouppagepermission_page_id_710b114a" ON "wagtailcore_grouppagepermission" ("page_id");
CREATE INDEX "wagtailcore_grouppagepermission_permission_id_05acb22e" ON "wagtailcore_grouppagepermission" ("permission_id");
CREATE INDEX "wagtailcore_revision_created_at_81450aa6" ON "wagtailcore_revision" ("created_at");
CREATE INDEX "wagtailcore_revision_approved_go_live_at_88d3dee5" ON "wagtailcore_revision" ("approved_go_live_at");
CREATE INDEX "wagtailcore_revision_user_id_03df83b0" ON "wagtailcore_revision" ("user_id");
CREATE INDEX "wagtailcore_revision_content_type_id_c8cb69c0" ON "wagtailcore_revision" ("content_type_id");
CREATE INDEX "wagtailcore_revision_base_content_type_id_5b4ef7bd" ON "wagtailcore_revision" ("base_content_type_id");
CREATE INDEX "content_object_idx" ON "wagtailcore_revision" ("content_type_id", "object_id");
CREATE INDEX "base_content_object_idx" ON "wagtailcore_revision" ("base_content_type_id", "object_id");
CREATE INDEX "wagtailcore_uploadedfile_for_content_type_id_b0fc87b2" ON "wagtailcore_uploadedfile" ("for_content_type_id");
CREATE INDEX "wagtailcore_uploadedfile_uploaded_by_user_id_c7580fe8" ON "wagtailcore_uploadedfile" ("uploaded_by_user_id");
CREATE UNIQUE INDEX "wagtailcore_groupsitepermission_group_id_site_id_permission_id_a58ee30d_uniq" ON "wagtailcore_groupsitepermission" ("group_id", "site_id", "permission_id");
CREATE INDEX "wagtailcore_groupsitepermission_group_id_e5cdbee4" ON "wagtailcore_groupsitepermission" ("group_id");
CREATE INDEX "wagtailcore_groupsitepermission_permission_id_459b1f38" ON "wagtailcore_groupsitepermission" ("permission_id");
CREATE INDEX "wagtailcore_groupsitepermission_site_id_245de488" ON "wagtailcore_groupsitepermission" ("site_id");
CREATE INDEX "referenceindex_source_object" ON "wagtailcore_referenceindex" ("base_content_type_id", "object_id");
CREATE INDEX "referenceindex_target_object" ON "wagtailcore_referenceindex" ("to_content_type_id", "to_object_id");
CREATE INDEX "wagtailcore_uuid_d6363b_idx" ON "wagtailcore_modellogentry" ("uuid", "action", "timestamp" DESC);
CREATE INDEX "wagtailcore_uuid_06a44d_idx" ON "wagtailcore_pagelogentry" ("uuid", "action", "timestamp" DESC);
CREATE INDEX "wagtailadmin_editingsession_content_type_id_4df7730e" ON "wagtailadmin_editingsession" ("content_type_id");
CREATE INDEX "wagtailadmin_editingsession_user_id_6e1a9b70" ON "wagtailadmin_editingsession" ("user_id");
CREATE INDEX "wagtailadmi_content_717955_idx" ON "wagtailadmin_editingsession" ("content_type_id", "object_id");
CREATE INDEX "wagtailadmin_formstate_content_type_id_e32438b3" ON "wagtailadmin_formstate" ("content_type_id");
CREATE INDEX "wagtailadmin_formstate_user_id_b910adc2" ON "wagtailadmin_formstate" ("user_id");
CREATE INDEX "formstate_user_object" ON "wagtailadmin_formstate" ("user_id", "content_type_id", "object_id", "parent_object_id");
CREATE INDEX "subscriptions_of_list" ON "subscribers_subscription" ("list_id", "state");
CREATE INDEX "subscribers_suppressionremoval_key_21374915" ON "subscribers_suppressionremoval" ("key");
CREATE UNIQUE INDEX "publishing_publication_lists_publication_id_list_id_da067559_uniq" ON "publishing_publication_lists" ("publication_id", "list_id");
CREATE INDEX "publishing_publication_lists_publication_id_d9d7235b" ON "publishing_publication_lists" ("publication_id");
CREATE INDEX "publishing_publication_lists_list_id_34d2b5da" ON "publishing_publication_lists" ("list_id");
CREATE INDEX "publishing_acceptance_issue_id_0423b4d3" ON "publishing_acceptance" ("issue_id");
CREATE INDEX "desk_desksession_user_id_3d997d56" ON "desk_desksession" ("user_id");
CREATE UNIQUE INDEX "one_open_alarm" ON "monitoring_alarm" ("kind", "key") WHERE "over_at" IS NULL;
CREATE INDEX "monitoring_alarmmessage_alarm_id_051ae8bb" ON "monitoring_alarmmessage" ("alarm_id");
CREATE INDEX "alarm_messages_due" ON "monitoring_alarmmessage" ("state", "not_before");
CREATE INDEX "otp_static_statictoken_token_d0a51866" ON "otp_static_statictoken" ("token");
CREATE INDEX "otp_static_statictoken_device_id_74b7c7d1" ON "otp_static_statictoken" ("device_id");
CREATE INDEX "otp_static_staticdevice_user_id_7f9cff2b" ON "otp_static_staticdevice" ("user_id");
CREATE INDEX "otp_totp_totpdevice_user_id_0fb18292" ON "otp_totp_totpdevice" ("user_id");
CREATE INDEX "subscribers_consent_list_id_22dfc7e2" ON "subscribers_consent" ("list_id");
CREATE INDEX "subscribers_consent_subscriber_id_94c8f855" ON "subscribers_consent" ("subscriber_id");
CREATE INDEX "consents_of_list" ON "subscribers_consent" ("list_id", "given_at");
CREATE INDEX "subscribers_signup_subscriber_id_5714a53a" ON "subscribers_signup" ("subscriber_id");
CREATE INDEX "sign_ups_due" ON "subscribers_signup" ("due_at") WHERE "due_at" IS NOT NULL;
CREATE INDEX "welcomes_due" ON "subscribers_signup" ("welcome_due_at") WHERE "welcome_due_at" IS NOT NULL;
CREATE INDEX "subscribers_subscriptionchange_list_id_f5cc4f72" ON "subscribers_subscriptionchange" ("list_id");
CREATE INDEX "changes_of_person" ON "subscribers_subscriptionchange" ("subscriber_id", "at");
CREATE INDEX "subscribers_addresschange_secret_hash_6f8cb5bb" ON "subscribers_addresschange" ("secret_hash");
CREATE INDEX "subscribers_addresschange_confirmed_at_f6778ece" ON "subscribers_addresschange" ("confirmed_at");
CREATE INDEX "subscribers_addresschange_merged_into_id_97b1509b" ON "subscribers_addresschange" ("merged_into_id");
CREATE INDEX "subscribers_addresschange_subscriber_id_99fd7044" ON "subscribers_addresschange" ("subscriber_id");
CREATE INDEX "subscribers_pausedissue_send_6dc4f18b" ON "subscribers_pausedissue" ("send");
CREATE INDEX "publishing_linkanswer_asked_at_d9eeaceb" ON "publishing_linkanswer" ("asked_at");
CREATE UNIQUE INDEX "one_issue_per_number" ON "publishing_issue" ("publication_id", "volume", "number") WHERE NOT ("number" = 0);
CREATE INDEX "publishing_issue_publication_id_138bba09" ON "publishing_issue" ("publication_id");
CREATE INDEX "publishing_publication_seeds_id_4c5f6b90" ON "publishing_publication" ("seeds_id");
CREATE INDEX "publishing_publication_logo_id_77dc4edd" ON "publishing_publication" ("logo_id");
CREATE INDEX "publishing_publication_seed_segment_id_a81cd185" ON "publishing_publication" ("seed_segment_id");
CREATE INDEX "sending_edition_issue_id_7b654688" ON "sending_edition" ("issue_id");
CREATE INDEX "sending_edition_revision_id_b32be6b1" ON "sending_edition" ("revision_id");
CREATE INDEX "sending_edition_approved_by_id_4bae7719" ON "sending_edition" ("approved_by_id");
CREATE UNIQUE INDEX "sending_send_lists_send_id_list_id_a2449abd_uniq" ON "sending_send_lists" ("send_id", "list_id");
CREATE INDEX "sending_send_lists_send_id_009e3c3b" ON "sending_send_lists" ("send_id");
CREATE INDEX "sending_send_lists_list_id_041fbab1" ON "sending_send_lists" ("list_id");
CREATE INDEX "batches_to_submit" ON "sending_batch" ("state", "number", "send_id");
CREATE UNIQUE INDEX "one_live_provider_batch_per_group" ON "sending_providerbatch" ("send_id", "group") WHERE "state" IN ('new', 'open', 'cancelling', 'releasing');
CREATE INDEX "provider_batches_to_tend" ON "sending_providerbatch" ("state", "at");
CREATE UNIQUE INDEX "one_live_attempt_per_batch" ON "sending_attempt" ("batch_id") WHERE "state" IN ('reserved', 'in_flight', 'accepted', 'unknown');
CREATE INDEX "sending_attempt_batch_id_c0dad653" ON "sending_attempt" ("batch_id");
CREATE INDEX "sending_attempt_provider_batch_id_39c00fdf" ON "sending_attempt" ("provider_batch_id");
CREATE INDEX "attempts_expired" ON "sending_attempt" ("state", "lease_until");
CREATE INDEX "sending_evidence_attempt_id_235e16cb" ON "sending_evidence" ("attempt_id");
CREATE INDEX "deliveries_with_outcome" ON "sending_delivery" ("send_id", "outcome") WHERE "outcome" IS NOT NULL;
CREATE INDEX "deliveries_by_status" ON "sending_delivery" ("batch_id", "outcome");
CREATE INDEX "sending_lateleaver_send_id_8f5b5b6e" ON "sending_lateleaver" ("send_id");
CREATE INDEX "sending_exclusion_subscriber_id_a424d8d1" ON "sending_exclusion" ("subscriber_id");
CREATE INDEX "exclusions_by_reason" ON "sending_exclusion" ("send_id", "reason");
CREATE INDEX "sending_auditentry_send_id_e63a588b" ON "sending_auditentry" ("send_id");
CREATE INDEX "sending_dryrun_edition_id_da9ec692" ON "sending_dryrun" ("edition_id");
CREATE INDEX "sending_alreadymailed_issue_id_49ce4122" ON "sending_alreadymailed" ("issue_id");
CREATE INDEX "sending_alreadymailed_attempt_id_d6d1e6f4" ON "sending_alreadymailed" ("attempt_id");
CREATE UNIQUE INDEX "one_open_request_per_issue" ON "sending_approvalrequest" ("issue_id") WHERE "state" = 'open';
CREATE INDEX "sending_approvalrequest_answered_by_id_8cd1d4f5" ON "sending_approvalrequest" ("answered_by_id");
CREATE INDEX "sending_approvalrequest_asked_by_id_ba9fd90d" ON "sending_approvalrequest" ("asked_by_id");
CREATE INDEX "sending_approvalrequest_issue_id_5fd0d461" ON "sending_approvalrequest" ("issue_id");
CREATE INDEX "scheduling_slot_publication_id_73162089" ON "scheduling_slot" ("publication_id");
CREATE INDEX "slots_due" ON "scheduling_slot" ("state", "at");
CREATE UNIQUE INDEX "one_feed_per_user" ON "scheduling_calendarfeed" ("user_id") WHERE "publication_id" IS NULL;
CREATE UNIQUE INDEX "one_shared_feed" ON "scheduling_calendarfeed" ("publication_id") WHERE "user_id" IS NULL;
CREATE INDEX "scheduling_calendarfeed_publication_id_3c8dee15" ON "scheduling_calendarfeed" ("publication_id");
CREATE INDEX "scheduling_calendarfeed_user_id_62c933f6" ON "scheduling_calendarfeed" ("user_id");
CREATE UNIQUE INDEX "one_slot_per_number" ON "scheduling_slot" ("publication_id", "volume", "number") WHERE "number" > 0;
CREATE INDEX "scheduling_notice_user_id_a668bef4" ON "scheduling_notice" ("user_id");
CREATE INDEX "notices_without_answer" ON "scheduling_notice" ("at") WHERE "state" = 'submitted';
CREATE UNIQUE INDEX "one_send_per_issue" ON "sending_send" ("issue_id") WHERE (NOT ("state" = 'cancelled') AND "resend_of_id" IS NULL);
CREATE UNIQUE INDEX "one_live_send_per_issue" ON "sending_send" ("issue_id") WHERE "state" IN ('queued', 'planning', 'sending', 'paused', 'held');
CREATE INDEX "sending_send_issue_id_c819c64d" ON "sending_send" ("issue_id");
CREATE INDEX "sending_send_edition_id_a9d456e8" ON "sending_send" ("edition_id");
CREATE INDEX "sending_send_seeds_id_4d317045" ON "sending_send" ("seeds_id");
CREATE INDEX "sending_send_segment_id_34b3d88f" ON "sending_send" ("segment_id");
CREATE INDEX "sending_send_resend_of_id_d7b206ea" ON "sending_send" ("resend_of_id");
CREATE INDEX "sends_due" ON "sending_send" ("state", "at");
CREATE INDEX "attempts_by_time" ON "sending_attempt" ("state", "posted_at");
CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date");
CREATE INDEX "newest_suppressions" ON "subscribers_suppression" ("created_at" DESC);
CREATE INDEX "suppressions_of_list" ON "subscribers_listsuppression" ("list_id", "created_at" DESC);
CREATE INDEX "subscribers_by_name" ON "subscribers_subscriber" ("name");
CREATE TRIGGER subscribers_count_new_list AFTER INSERT ON subscribers_list BEGIN
        INSERT INTO subscribers_listcount (list_id, state, people)
        VALUES (NEW.id, 'pending', 0), (NEW.id, 'active', 0), (NEW.id, 'unsubscribed', 0);
    END;
CREATE TRIGGER subscribers_count_added AFTER INSERT ON subscribers_subscription BEGIN
        UPDATE subscribers_listcount SET people = people + 1
         WHERE list_id = NEW.list_id AND state = NEW.state;
    END;
CREATE TRIGGER subscribers_count_removed AFTER DELETE ON subscribers_subscription BEGIN
        UPDATE subscribers_listcount SET people = people - 1
         WHERE list_id = OLD.list_id AND state = OLD.state;
    END;
CREATE TRIGGER subscribers_count_changed
     AFTER UPDATE OF list_id, state ON subscribers_subscription
      WHEN OLD.list_id <> NEW.list_id OR OLD.state <> NEW.state BEGIN
        UPDATE subscribers_listcount SET people = people - 1
         WHERE list_id = OLD.list_id AND state = OLD.state;
        UPDATE subscribers_listcount SET people = people + 1
         WHERE list_id = NEW.list_id AND state = NEW.state;
    END;
CREATE INDEX "counts_of_list" ON "subscribers_listcount" ("list_id", "state");
CREATE INDEX "subscribers_bulkchange_subscriber_id_9152cd6f" ON "subscribers_bulkchange" ("subscriber_id");
CREATE INDEX "changes_of_bulk_run" ON "subscribers_bulkchange" ("run_id", "id");
CREATE INDEX "taggit_taggeditem_object_id_e2d7d1df" ON "taggit_taggeditem" ("object_id");
CREATE INDEX "taggit_taggeditem_content_type_id_9957a03c" ON "taggit_taggeditem" ("content_type_id");
CREATE INDEX "taggit_taggeditem_tag_id_f4f5b767" ON "taggit_taggeditem" ("tag_id");
CREATE INDEX "taggit_tagg_content_8fc721_idx" ON "taggit_taggeditem" ("content_type_id", "object_id");
CREATE INDEX "throttling_counter_account_99af407c" ON "throttling_counter" ("account");
CREATE INDEX "throttling_counter_ends_at_cef98093" ON "throttling_counter" ("ends_at");
CREATE UNIQUE INDEX "one_event_of_a_reader_per_time" ON "tracking_event" ("delivery_id", "kind", "at") WHERE "kind" IN ('complained', 'unsubscribed', 'left');
CREATE INDEX "tracking_event_delivery_id_0a099151" ON "tracking_event" ("delivery_id");
CREATE INDEX "tracking_countedclicks_delivery_id_e869aadc" ON "tracking_countedclicks" ("delivery_id");
CREATE INDEX "opens_of_send" ON "tracking_countedopens" ("send_id", "only_machines");
CREATE UNIQUE INDEX "one_open_list_run" ON "tracking_providerlistrun" ("provider", "action") WHERE "done_at" IS NULL;
CREATE UNIQUE INDEX "wagtailsearch_indexentry_content_type_id_object_id_bcd7ba73_uniq" ON "wagtailsearch_indexentry" ("content_type_id", "object_id");
CREATE INDEX "wagtailsearch_indexentry_content_type_id_62ed694f" ON "wagtailsearch_indexentry" ("content_type_id");
CREATE TRIGGER insert_wagtailsearch_indexentry_fts AFTER INSERT ON wagtailsearch_indexentry BEGIN INSERT INTO wagtailsearch_indexentry_fts(title, body, autocomplete, rowid) VALUES (NEW.title, NEW.body, NEW.autocomplete, NEW.id); END;
CREATE TRIGGER update_wagtailsearch_indexentry_fts AFTER UPDATE ON wagtailsearch_indexentry BEGIN UPDATE wagtailsearch_indexentry_fts SET title=NEW.title, body=NEW.body, autocomplete=NEW.autocomplete WHERE rowid=NEW.id; END;
CREATE TRIGGER delete_wagtailsearch_indexentry_fts AFTER DELETE ON wagtailsearch_indexentry BEGIN DELETE FROM wagtailsearch_indexentry_fts WHERE rowid=OLD.id; END;
