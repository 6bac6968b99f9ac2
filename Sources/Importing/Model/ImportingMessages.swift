import Kernel

package enum ImportingMessages: MessageCatalog {
  // The profile
  static let badProfile = Message("import.bad_profile", "The profile cannot be used.", zh: "导入配置无法使用。")
  static let profileNotYAML = Message("import.profile_not_yaml", "The profile is not valid YAML: {reason}.", zh: "导入配置不是有效的 YAML：{reason}。")
  static let profileUnknownKey = Message("import.profile_unknown_key", "There is no such key here. Allowed: {allowed}.", zh: "此处没有这个键。可用的键：{allowed}。")
  static let profileMissing = Message("import.profile_missing", "This key must be given.", zh: "必须给出此键。")
  static let profileWrongType = Message("import.profile_type", "This must be: {expected}.", zh: "此处必须是：{expected}。")
  static let profileNeedsReason = Message(
    "import.profile_needs_reason", "Say why a pending ticket waits, as in `pending: awaiting_requester`.",
    zh: "请注明挂起的原因，例如 `pending: awaiting_requester`。")
  static let profileUnknownPriority = Message(
    "import.profile_unknown_priority", "No name in `priorities` stands for this number.", zh: "`priorities` 中没有名称对应此数字。")
  static let profileSlaByLevel = Message(
    "import.profile_sla_by_level", "With a column of service levels there is one SLA for each, under `slas`.", zh: "指定服务级别列时，请在 `slas` 中为每个级别各写一个 SLA。")
  static let badCustomerCodes = Message(
    "import.bad_customer_codes",
    "The codes of the log's customers must be different, with a capital letter first and 2 to 16 capital letters and digits: {codes}. Change customer.code or code_drops of the profile.",
    zh: "日志中各客户的代码必须互不相同，以大写字母开头，由 2 到 16 个大写字母和数字组成：{codes}。请修改配置中的 customer.code 或 code_drops。")
  static let columnMissing = Message(
    "import.column_missing", "The file has no column {column}, which the profile names.", zh: "文件中没有配置所指的列 {column}。")

  // The file
  static let noSuchFile = Message("import.no_such_file", "There is no file {file}.", zh: "文件 {file} 不存在。")
  static let fileNotReadable = Message("import.file_not_readable", "{file} cannot be read: {reason}.", zh: "无法读取 {file}：{reason}。")
  static let notGzip = Message("import.not_gzip", "{file} is named .gz and is not compressed by gzip.", zh: "{file} 以 .gz 命名，但并非 gzip 压缩文件。")
  static let damagedGzip = Message("import.damaged_gzip", "{file} is cut off or damaged: {reason}.", zh: "{file} 不完整或已损坏：{reason}。")
  static let noGzip = Message("import.no_gzip", "The program gzip is needed to read this file and could not be run.", zh: "读取此文件需要 gzip 程序，但无法运行它。")
  static let emptyFile = Message("import.empty_file", "The file has no header line.", zh: "文件没有标题行。")
  static let unreadableHeader = Message("import.unreadable_header", "The header line cannot be read: {reason}", zh: "无法读取标题行：{reason}")
  static let headerNotText = Message(
    "import.header_not_text", "The header line is not UTF-8. Save the file as CSV UTF-8.", zh: "标题行不是 UTF-8 编码。请将文件另存为“CSV UTF-8”格式。")
  static let duplicateColumn = Message("import.duplicate_column", "The column {column} stands in the header line twice.", zh: "标题行中列 {column} 重复。")

  // The database
  static let missing = Message(
    "import.missing", "There is no {kind} {name}, which the profile names; --create makes what is missing.", zh: "配置所指的 {kind}“{name}”不存在；--create 可新建缺失的内容。")
  static let notACustomer = Message("import.not_a_customer", "{code} is not a customer.", zh: "{code} 不是客户。")
  static let nothingToImport = Message("import.nothing", "The file holds no incident that could be read.", zh: "文件中没有可读取的事件。")

  static let noProblems = Message("import.no_problems", "The file holds no problem that could be read.", zh: "文件中没有可读取的问题。")

  static let problemsOfOthers = Message(
    "import.problems_of_others",
    "{count} problems of the file have numbers that are another customer's in the source {source}: {numbers}. Systems that number by themselves are sources of their own: change source of the profile.",
    zh: "文件中有 {count} 个问题的编号在来源 {source} 中已属于其他客户：{numbers}。各自编号的系统须使用不同的来源：请修改配置中的 source。")

  // Outages
  static let unknownOutageFile = Message(
    "import.unknown_outage_file", "This is no list of outages that is known. Its columns: {columns}.", zh: "无法识别的中断列表。其列为：{columns}。")
  static let incidentsWithoutEnd = Message(
    "import.incidents_without_end",
    "This file tells when incidents were seen and never when they were over: no availability follows from it. Take the component outages.",
    zh: "此文件只记录事件何时被观察到，而没有结束时间，无法由此计算可用性。请改用组件中断文件。")
  static let noSupplier = Message(
    "import.no_supplier", "There is no supplier with the code {code}; --create makes it, with its services.", zh: "没有代码为 {code} 的供应商；--create 可新建供应商及其服务。")

  // Configuration items
  static let unknownAssetColumn = Message(
    "import.unknown_asset_column",
    "What the column {column} holds is not known. A column is called one of: {allowed}. Say what it means, or pass it over: "
      + "--map \"{column}={field}\", --map \"{column}=-\".",
    zh: "无法识别列 {column}。列名应为：{allowed}。请指明其含义或忽略该列：--map \"{column}={field}\"、--map \"{column}=-\"。")
  static let assetColumnMissing = Message(
    "import.asset_column_missing",
    "The file has no column {missing}. Of its columns these are needed: {needed}. One that is called otherwise is named by --map.",
    zh: "文件中没有列 {missing}。必需的列：{needed}。名称不同的列请用 --map 指明。")
  static let tooManyAssets = Message(
    "import.too_many_assets", "A file has at most {most} lines, which are written together or not at all. Split it.",
    zh: "一个文件最多 {most} 行（全部写入或全不写入）。请拆分文件。")

  static let noAssets = Message("import.no_assets", "The file has a header line and nothing else.", zh: "文件除标题行外没有内容。")

  package static let all =
    [
      badProfile, profileNotYAML, profileUnknownKey, profileMissing, profileWrongType, profileNeedsReason, profileUnknownPriority,
      profileSlaByLevel, badCustomerCodes,
      columnMissing, noSuchFile,
      fileNotReadable, notGzip, damagedGzip, noGzip, emptyFile, unreadableHeader, headerNotText, duplicateColumn,
      missing, notACustomer, nothingToImport, noProblems, problemsOfOthers, unknownOutageFile, incidentsWithoutEnd, noSupplier, unknownAssetColumn,
      assetColumnMissing, tooManyAssets, noAssets,
      UnreadableRows.message,
    ] + OutageImportReport.messages + AssetImportReport.messages + UnreadableRow.messages + Anomaly.messages + ImportReport.messages
    + ProblemImportReport.messages
    + ImportProgress.messages
}
