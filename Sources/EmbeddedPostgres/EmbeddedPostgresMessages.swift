import Kernel

package enum EmbeddedPostgresMessages: MessageCatalog {
  package static let notInstalled = Message(
    "embedded_postgres.not_installed",
    "There are no PostgreSQL server programs of version {version}. Install the package postgresql-{package} (it holds {names}), or name their folder in STEWARD_POSTGRES_BIN. Looked in: {places}.",
    zh: "找不到 PostgreSQL {version} 的服务器程序。请安装软件包 postgresql-{package}（其中包含 {names}），或在 STEWARD_POSTGRES_BIN 中指定其目录。已查找：{places}。")
  package static let inUse = Message(
    "embedded_postgres.in_use", "Another process uses the database cluster in {directory}. Stop it first.", zh: "另一个进程正在使用 {directory} 中的数据库集群。请先停止它。")
  package static let notOurs = Message(
    "embedded_postgres.not_ours", "{directory} holds files of something else. Name an empty folder, or one that does not exist yet.",
    zh: "{directory} 中有其他内容的文件。请指定空目录或尚不存在的目录。")
  package static let unreachable = Message(
    "embedded_postgres.unreachable",
    "PostgreSQL does not run as root, and the user {user} cannot enter {folder}. Put the cluster into a folder that {user} can reach, such as one below /var/lib.",
    zh: "PostgreSQL 不能以 root 身份运行，而用户 {user} 无法进入 {folder}。请把集群放到 {user} 可以访问的目录，例如 /var/lib 之下。")
  package static let noAccount = Message(
    "embedded_postgres.no_account", "PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as.",
    zh: "PostgreSQL 不能以 root 身份运行，而系统中既没有 postgres 用户也没有 nobody 用户可供其使用。")
  package static let noSetpriv = Message(
    "embedded_postgres.no_setpriv", "The program /usr/bin/setpriv is missing. Install the package util-linux.",
    zh: "缺少程序 /usr/bin/setpriv。请安装软件包 util-linux。")
  package static let folderFailed = Message(
    "embedded_postgres.folder", "The folder of the database cluster cannot be prepared: {reason}.", zh: "无法准备数据库集群的目录：{reason}。")
  package static let initFailed = Message(
    "embedded_postgres.init_failed", "The database cluster could not be made in {directory}: {reason}", zh: "无法在 {directory} 中创建数据库集群：{reason}")
  package static let startFailed = Message(
    "embedded_postgres.start_failed", "PostgreSQL did not start in {directory}: {reason}", zh: "PostgreSQL 未能在 {directory} 中启动：{reason}")
  package static let orphanStays = Message(
    "embedded_postgres.orphan_stays", "A PostgreSQL server left by an earlier run (process {pid}) does not stop. End it, then start again.",
    zh: "先前运行遗留的 PostgreSQL 服务器（进程 {pid}）无法停止。请先结束它，然后重新启动。")

  package static let all = [notInstalled, inUse, notOurs, unreachable, noAccount, noSetpriv, folderFailed, initFailed, startFailed, orphanStays]
}
