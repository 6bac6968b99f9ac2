import Kernel

/// What the command line itself says.
enum CommandMessages: MessageCatalog {
  static let noConfigFile = Message("command.no_config_file", "The settings file {path} is not there.", zh: "找不到配置文件 {path}。")
  static let badDatabaseURL = Message("command.bad_database_url", "The database URL is not usable: {reason}.", zh: "数据库 URL 无效：{reason}。")
  static let notInstalled = Message(
    "command.not_installed", "The database has no provider yet. Run: steward migrate --database URL", zh: "数据库中还没有服务商。请运行：steward migrate --database URL")
  static let noCustomer = Message(
    "command.no_customer", "There is no customer with the code {code}. Those there are: {codes}.", zh: "没有代码为 {code} 的客户。现有客户：{codes}。")
  static let noContract = Message(
    "command.no_contract", "{customer} has no contract named {name}. Those there are: {names}.", zh: "客户 {customer} 没有名为 {name} 的合同。现有合同：{names}。")
  static let noAccount = Message("command.no_account", "There is no active account {login}.", zh: "没有可用账户 {login}。")
  static let setupDone = Message("command.setup_done", "There is an administrator already. Log in instead.", zh: "已存在管理员，请直接登录。")
  static let badListen = Message("command.bad_listen", "{value} is not HOST:PORT.", zh: "{value} 不是“主机:端口”的格式。")

  static let migrated = Message("command.migrated", "Schema version {from} -> {to}.", zh: "架构版本 {from} -> {to}。")
  static let alreadyMigrated = Message("command.already_migrated", "Schema version {to}: nothing to do.", zh: "架构版本 {to}：无需变更。")
  static let listening = Message("command.listening", "Steward is listening on {url}", zh: "Steward 正在监听 {url}")
  static let authority = Message("command.authority", "Its certificates are signed by {path}", zh: "证书由此 CA 签发：{path}")
  static let tryIt = Message("command.try_it", "Try it:", zh: "试一试：")
  static let stopHint = Message("command.stop_hint", "Ctrl-C stops it. The data stays in {path}.", zh: "按 Ctrl-C 停止。数据保存在 {path}。")
  static let setup = Message(
    "command.setup", "There is no administrator yet. Make one, within 24 hours, with this one-time token:", zh: "尚无管理员。请在 24 小时内使用以下一次性令牌创建：")
  static let noProfile = Message("command.no_profile", "The profile {path} cannot be read.", zh: "无法读取导入配置 {path}。")
  static let demoProgress = Message("command.demo_progress", "Telling a year of demonstration", zh: "正在生成一年的演示数据")
  static let missingProgram = Message(
    "command.missing_program", "{program} is not there. Install it: apt-get install {program}", zh: "缺少 {program}。请安装：apt-get install {program}")
  static let fewPartitions = Message(
    "command.few_partitions", "Partitions reach only {months} months ahead. Start the server, or run: steward migrate",
    zh: "分区仅覆盖未来 {months} 个月。请启动服务，或运行：steward migrate")
  static let certificateExpires = Message(
    "command.certificate_expires", "The certificate expires in {days} days. Renew it, then send the server SIGHUP.",
    zh: "证书将在 {days} 天后过期。请续期，然后向服务器发送 SIGHUP。")
  static let certificateExpired = Message(
    "command.certificate_expired", "The certificate has expired. Renew it, then send the server SIGHUP.", zh: "证书已过期。请续期，然后向服务器发送 SIGHUP。")

  static let all = [
    noConfigFile, badDatabaseURL, notInstalled, noCustomer, noContract, noAccount, setupDone, badListen, migrated, alreadyMigrated, listening,
    authority, tryIt, stopHint, setup, missingProgram, fewPartitions, demoProgress, noProfile, certificateExpires, certificateExpired,
  ]
}
