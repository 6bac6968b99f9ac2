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
  static let none = Message("command.none", "none", zh: "无")
  static let noAccount = Message("command.no_account", "There is no active account {login}.", zh: "没有可用账户 {login}。")
  static let setupDone = Message("command.setup_done", "There is an administrator already. Log in instead.", zh: "已存在管理员，请直接登录。")
  static let badListen = Message("command.bad_listen", "{value} is not HOST:PORT.", zh: "{value} 不是“主机:端口”的格式。")

  static let badMapping = Message(
    "command.bad_mapping", "{mapping} is not COLUMN=FIELD.", zh: "{mapping} 不是“列=字段”的格式。")
  static let unknownFamily = Message("command.unknown_family", "There is no family with the code {code}.", zh: "没有代码为 {code} 的服务族。")
  static let unwritable = Message("command.unwritable", "The file {file} cannot be written.", zh: "无法写入文件 {file}。")
  static let unreadable = Message("command.unreadable", "The file {file} cannot be read.", zh: "无法读取文件 {file}。")
  static let badFileFolder = Message(
    "command.bad_file_folder", "The folder {path} for attachments cannot be used: {reason}.", zh: "附件目录 {path} 无法使用：{reason}。")
  static let foreignFileFolder = Message(
    "command.foreign_file_folder",
    "The folder {path} is not that of this database's attachments: {file} does not say {owner}. Is it mounted? If it is the right one, write that into it.",
    zh: "目录 {path} 不是此数据库的附件目录：{file} 的内容不是 {owner}。请检查是否已挂载；若确认目录无误，请将该值写入此文件。")
  static let noGroup = Message("command.no_group", "There is no group {name} on this machine.", zh: "本机没有用户组 {name}。")
  static let adminSocket = Message(
    "command.admin_socket", "The admin protocol is at {path}, for example: steward admin --socket {path} -c HELP",
    zh: "管理协议位于 {path}，例如：steward admin --socket {path} -c HELP")
  static let adminPort = Message("command.admin_port", "The admin protocol is at {address} over TLS", zh: "管理协议（TLS）位于 {address}")

  static let migrated = Message("command.migrated", "Schema version {from} -> {to}.", zh: "架构版本 {from} -> {to}。")
  static let alreadyMigrated = Message("command.already_migrated", "Schema version {to}: nothing to do.", zh: "架构版本 {to}：无需变更。")
  static let listening = Message("command.listening", "Steward is listening on {url}", zh: "Steward 正在监听 {url}")
  static let working = Message("command.working", "Steward is working through its jobs.", zh: "Steward 正在处理作业。")
  static let authority = Message("command.authority", "Its certificates are signed by {path}", zh: "证书由此 CA 签发：{path}")
  static let tryIt = Message("command.try_it", "Try it:", zh: "试一试：")
  static let stopHint = Message("command.stop_hint", "Ctrl-C stops it. The data stays in {path}.", zh: "按 Ctrl-C 停止。数据保存在 {path}。")
  static let setup = Message(
    "command.setup", "There is no administrator yet. Make one, within 24 hours, with this one-time token:", zh: "尚无管理员。请在 24 小时内使用以下一次性令牌创建：")
  static let logIn = Message(
    "command.log_in", "Then log in, with the provider's code {code} as the tenant, for a token of twelve hours:",
    zh: "然后以服务商代码 {code} 作为 tenant 登录，获取有效期十二小时的令牌：")
  static let noProfile = Message("command.no_profile", "The profile {path} cannot be read.", zh: "无法读取导入配置 {path}。")
  static let demoProgress = Message("command.demo_progress", "Telling a year of demonstration", zh: "正在生成一年的演示数据")
  static let missingProgram = Message(
    "command.missing_program", "{program} is not there. Install it: apt-get install {program}", zh: "缺少 {program}。请安装：apt-get install {program}")
  static let fewPartitions = Message(
    "command.few_partitions", "Partitions reach only {months} months ahead. Start the server, or run: steward migrate",
    zh: "分区仅覆盖未来 {months} 个月。请启动服务，或运行：steward migrate")
  static let jobsWait = Message(
    "command.jobs_wait",
    "Nobody has begun these for {minutes} minutes: {kinds}. No worker knows them or keeps up: start one of the version that left them.",
    zh: "以下作业已等待超过 {minutes} 分钟而无人开始：{kinds}。没有工作进程认识这些类别，或来不及处理：请启动创建它们的那个版本的工作进程。")
  static let jobsDead = Message(
    "command.jobs_dead",
    "These were given up after their last attempt: {kinds}. Mend the cause, then job.retry gives each all its attempts again (job.list with state dead names them). A sweep is also tried once every ten minutes by itself.",
    zh: "以下作业在最后一次尝试后已被放弃：{kinds}。请先排除原因，再用 job.retry 恢复其全部尝试次数（job.list 以 state 为 dead 列出它们）。周期性作业另外每十分钟自动再试一次。")
  static let jobsSuspect = Message(
    "command.jobs_suspect",
    "The worker of these died: {kinds}. Each is tried with nothing beside it; one that kills its worker again and again is given up after its last attempt.",
    zh: "以下作业的工作进程已终止：{kinds}。每个作业会单独重试，期间不运行其他作业；若反复使其工作进程终止，则在最后一次尝试后放弃。")
  static let oldSnapshot = Message(
    "command.old_snapshot",
    "{holder} still holds the database as it was {transactions} transactions ago: what was deleted since stays in the tables, and jobs are found more slowly. End it (a session by pg_terminate_backend), or let what needs so long read a copy.",
    zh: "{holder} 仍持有 {transactions} 个事务之前的快照：此后删除的数据仍留在表中，查找作业会变慢。请将其结束（会话用 pg_terminate_backend），或改为读取副本。")
  static let adminUnreachable = Message(
    "command.admin_unreachable", "Nobody answers at {address}: {reason}. Is the server running, with --admin-socket or --admin-listen?",
    zh: "{address} 无应答：{reason}。服务是否已启动，并带有 --admin-socket 或 --admin-listen？")
  static let adminBroken = Message("command.admin_broken", "The connection to {address} broke: {reason}.", zh: "与 {address} 的连接中断：{reason}。")
  static let adminNotSpoken = Message(
    "command.admin_not_spoken", "What answers there does not speak the admin protocol.", zh: "对方使用的不是管理协议。")
  static let adminClosed = Message(
    "command.admin_closed",
    "The server closed the connection before it answered: the command may or may not have been done. Look, or repeat it with the same request-id.",
    zh: "服务器在应答前关闭了连接：命令可能已执行，也可能未执行。请查看结果，或使用相同的 request-id 重试。")
  static let adminBadCredential = Message(
    "command.admin_bad_credential", "A token and a tenant's code are printable ASCII.", zh: "令牌和租户代码只能包含可打印的 ASCII 字符。")
  static let noTokenFile = Message("command.no_token_file", "The token file {path} cannot be read.", zh: "无法读取令牌文件 {path}。")
  static let noCommandFile = Message("command.no_command_file", "The file of commands {path} cannot be read.", zh: "无法读取命令文件 {path}。")
  static let certificateExpires = Message(
    "command.certificate_expires", "The certificate expires in {days} days. Renew it, then send the server SIGHUP.",
    zh: "证书将在 {days} 天后过期。请续期，然后向服务器发送 SIGHUP。")
  static let certificateExpired = Message(
    "command.certificate_expired", "The certificate has expired. Renew it, then send the server SIGHUP.", zh: "证书已过期。请续期，然后向服务器发送 SIGHUP。")

  static let noSla = Message("command.no_sla", "There is no SLA named {name}. Those there are: {names}.", zh: "没有名为 {name} 的 SLA。现有：{names}。")
  static let noSchedule = Message(
    "command.no_schedule", "There is neither a file nor a credit schedule named {name}. Schedules: {names}.", zh: "没有名为 {name} 的文件或补偿方案。现有方案：{names}。")
  static let noLine = Message(
    "command.no_line", "{customer} has no contract line named {name}. Those there are: {names}.", zh: "客户 {customer} 没有名为 {name} 的合同行。现有：{names}。")
  static let backtestProgress = Message("command.backtest_progress", "Judging", zh: "判定")
  static let backtestHead = Message(
    "command.backtest_head", "{sla} tried on {tickets} tickets of {customers} customers. Nothing was written.",
    zh: "用 {customers} 个客户的 {tickets} 个工单试算 {sla}。未写入任何数据。")
  static let backtestChanged = Message(
    "command.backtest_changed",
    "{changed} verdicts turn over: {missed} met now would be missed, {met} missed now would be met. "
      + "{judged} would be judged that are not now, {gone} no longer.",
    zh: "{changed} 项判定反转：{missed} 项由达成变为未达成，{met} 项由未达成变为达成。另有 {judged} 项新增判定，{gone} 项不再判定。")
  static let backtestNoHistory = Message(
    "command.backtest_no_history", "{tickets} tickets have no recorded history and are in no figure.", zh: "{tickets} 个工单没有历史记录，不计入任何数字。")
  static let backtestMore = Message(
    "command.backtest_more", "{shown} of {all} are shown; --changes N lists more.", zh: "仅显示 {all} 项中的 {shown} 项；使用 --changes N 可显示更多。")
  static let noCredits = Message(
    "command.no_credits", "No credits: no credit schedule for tickets applies (--credits tries one).", zh: "无补偿：没有适用于工单的补偿方案（可用 --credits 试算）。")
  static let creditTotal = Message("command.credit_total", "Credits it would have cost: {amount}; they cost now: {now}", zh: "将产生的补偿：{amount}；当前补偿：{now}")
  static let allTickets = Message("command.all_tickets", "all", zh: "合计")
  static let columnNow = Message("command.column_now", "NOW", zh: "当前")
  static let columnThen = Message("command.column_then", "TRIED", zh: "试算")
  static let columnMet = Message("command.column_met", "MET", zh: "达成")
  static let columnJudged = Message("command.column_judged", "JUDGED", zh: "判定")
  static let columnOpen = Message("command.column_open", "NOT JUDGED", zh: "未判定")
  static let columnCustomer = Message("command.column_customer", "CUSTOMER", zh: "客户")
  static let columnMetric = Message("command.column_metric", "METRIC", zh: "指标")
  static let columnTickets = Message("command.column_tickets", "TICKETS", zh: "工单")
  static let columnLine = Message("command.column_line", "LINE", zh: "合同行")
  static let columnSchedule = Message("command.column_schedule", "SCHEDULE", zh: "方案")
  static let columnPeriod = Message("command.column_period", "PERIOD", zh: "期间")
  static let columnCredit = Message("command.column_credit", "CREDIT", zh: "补偿")
  static let columnCreditNow = Message("command.column_credit_now", "CREDIT NOW", zh: "当前补偿")

  static let columnNumber = Message("command.column_number", "NUMBER", zh: "工单号")
  static let columnPriority = Message("command.column_priority", "PRIORITY", zh: "优先级")
  static let columnVerdictNow = Message("command.column_verdict_now", "VERDICT NOW", zh: "当前判定")
  static let columnElapsedNow = Message("command.column_elapsed_now", "ELAPSED NOW", zh: "当前用时")
  static let columnBudgetNow = Message("command.column_budget_now", "BUDGET NOW", zh: "当前时限")
  static let columnVerdict = Message("command.column_verdict", "VERDICT", zh: "试算判定")
  static let columnElapsed = Message("command.column_elapsed", "ELAPSED", zh: "试算用时")
  static let columnBudget = Message("command.column_budget", "BUDGET", zh: "试算时限")
  static let columnTitle = Message("command.column_title", "TITLE", zh: "标题")
  static let verdictMet = Message("command.verdict_met", "met", zh: "达成")
  static let verdictMissed = Message("command.verdict_missed", "missed", zh: "未达成")

  static let whichDatabase = Message(
    "command.which_database", "Say which database: --database URL, or --trial DIR for a private one.",
    zh: "请指明数据库：--database URL，或用 --trial DIR 使用专用数据库。")
  static let fileOrSla = Message(
    "command.file_or_sla", "Give a file, or the name of a stored SLA with --sla.", zh: "请给出文件，或用 --sla 指定已存储的 SLA 名称。")
  static let takesRange = Message("command.takes_range", "{option} takes {first} to {last}.", zh: "{option} 的取值为 {first} 至 {last}。")
  static let lineNeedsCustomer = Message("command.line_needs_customer", "--line needs one --customer.", zh: "--line 需要且只能配合一个 --customer。")
  static let takesBasis = Message("command.takes_basis", "--basis takes opened or closed.", zh: "--basis 的取值为 opened 或 closed。")
  static let takesDay = Message("command.takes_day", "{option} takes a day such as 2026-03-01.", zh: "{option} 须为日期，例如 2026-03-01。")
  static let toBeforeFrom = Message("command.to_before_from", "--to lies before --from.", zh: "--to 早于 --from。")

  static let all = [
    columnNumber, columnPriority, columnVerdictNow, columnElapsedNow, columnBudgetNow, columnVerdict, columnElapsed, columnBudget, columnTitle,
    verdictMet, verdictMissed, whichDatabase, fileOrSla, takesRange, lineNeedsCustomer, takesBasis, takesDay,
    toBeforeFrom,
    noSla, noSchedule, noLine, backtestProgress, backtestHead, backtestChanged, backtestNoHistory, backtestMore, noCredits, creditTotal, allTickets, columnNow,
    columnThen,
    columnMet, columnJudged, columnOpen, columnCustomer, columnMetric, columnTickets, columnLine, columnSchedule, columnPeriod, columnCredit, columnCreditNow,
    noConfigFile, badDatabaseURL, notInstalled, noCustomer, noContract, none, noAccount, setupDone, badListen, migrated, alreadyMigrated, listening, working,
    authority, tryIt, stopHint, setup, logIn, missingProgram, fewPartitions, jobsWait, jobsDead, jobsSuspect, oldSnapshot, demoProgress, noProfile,
    certificateExpires, certificateExpired, badFileFolder, foreignFileFolder, noGroup, badMapping, unknownFamily, unwritable, unreadable, adminSocket,
    adminPort, adminUnreachable, adminBroken, adminNotSpoken, adminClosed, adminBadCredential, noTokenFile, noCommandFile,
  ]

  /// What there is, as a sentence lists it.
  static func list(_ names: [String]) -> String {
    names.isEmpty ? none.text(Terminal.language) : names.prefix(20).joined(separator: ", ")
  }
}
