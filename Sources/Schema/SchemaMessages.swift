import Kernel

package enum SchemaMessages: MessageCatalog {
  package static let filesMissing = Message(
    "schema.files_missing", "The SQL files that ship with Steward are not there. Looked in: {places}. Set STEWARD_SQL to their folder.",
    zh: "找不到 Steward 附带的 SQL 文件。已查找：{places}。请将 STEWARD_SQL 设为其所在目录。")
  package static let badMigrationName = Message(
    "schema.bad_migration_name", "The migration {name} does not carry the next number.", zh: "迁移文件 {name} 的编号不连续。")
  package static let notMigrated = Message(
    "schema.behind", "The database has schema version {found}, this build needs {needed}. Run: steward migrate --database URL",
    zh: "数据库的架构版本为 {found}，当前程序需要 {needed}。请运行：steward migrate --database URL")
  package static let tooNew = Message(
    "schema.ahead", "The database has schema version {found}, newer than the {needed} of this build. Use the newer build.",
    zh: "数据库的架构版本 {found} 高于当前程序的 {needed}。请使用较新的程序。")
  package static let edited = Message(
    "schema.edited", "Migration {name} is not the one that was applied. A shipped migration is never edited: restore it.",
    zh: "迁移 {name} 与已应用的版本不一致。已发布的迁移不得修改，请恢复原文件。")
  package static let needsSuperuser = Message(
    "schema.needs_superuser", "Migrating needs a superuser: it makes roles, one of which may bypass row security.",
    zh: "执行迁移需要超级用户：其中会创建可绕过行级安全的角色。")
  package static let migrationFailed = Message(
    "schema.migration_failed", "{name} failed and was rolled back: {reason}", zh: "{name} 执行失败并已回滚：{reason}")
  package static let checkFailed = Message(
    "schema.check_failed", "The database is not safe to serve:\n{findings}", zh: "数据库不满足安全运行条件：\n{findings}")

  package static let all = [filesMissing, badMigrationName, notMigrated, tooNew, edited, needsSuperuser, migrationFailed, checkFailed]
}
