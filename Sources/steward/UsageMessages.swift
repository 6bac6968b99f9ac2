import Kernel

/// What is said of wrong usage. The library of arguments tells it in English, and as a text alone: its common sentences are said in the language of who
/// is at the terminal, and what is not among them stays as it is.
enum UsageMessages: MessageCatalog {
  static let eitherOr = Message("usage.either_or", "Give {one} or {other}, not both.", zh: "{one} 与 {other} 只能给出其一。")
  static let together = Message("usage.together", "{one} and {other} go together.", zh: "{one} 与 {other} 须同时给出。")
  static let goesWith = Message("usage.goes_with", "{one} goes with {other}.", zh: "{one} 须与 {other} 一起使用。")
  static let adminAuthority = Message(
    "usage.admin_authority", "--admin-client-ca needs --admin-listen: the socket knows its peers without certificates.",
    zh: "--admin-client-ca 需要 --admin-listen：套接字无需证书即可识别对方。")
  static let adminOverTLS = Message(
    "usage.admin_over_tls", "--ca, --token-file and --certificate go with --connect; on the socket the host says who you are.",
    zh: "--ca、--token-file 与 --certificate 须与 --connect 一起使用；使用套接字时由主机识别您的身份。")
  static let whichServer = Message(
    "usage.which_server", "Say where the server is: --socket PATH or --connect HOST:PORT.", zh: "请指明服务器：--socket 路径，或 --connect 主机:端口。")
  static let adminCredential = Message(
    "usage.admin_credential", "Over TLS give a token (--token-file FILE, or STEWARD_TOKEN) or --certificate and --key.",
    zh: "通过 TLS 连接时，请给出令牌（--token-file 文件，或 STEWARD_TOKEN），或 --certificate 与 --key。")
  static let notAbsolute = Message("usage.not_absolute", "{key} must be an absolute path, not '{value}'.", zh: "{key} 须为绝对路径，而不是“{value}”。")
  static let notAnAddress = Message("usage.not_an_address", "{key} must be an e-mail address, not '{value}'.", zh: "{key} 须为电子邮件地址，而不是“{value}”。")
  static let allowedAddresses = Message(
    "usage.allowed_addresses", "webhooks.allow takes addresses and blocks of addresses: 10.20.0.0/16, 192.0.2.7.",
    zh: "webhooks.allow 的取值为地址或地址段，例如 10.20.0.0/16, 192.0.2.7。")
  static let noLogLevel = Message(
    "usage.no_log_level", "There is no log level '{level}'. Those there are: trace, debug, info, notice, warning, error, critical.",
    zh: "没有日志级别“{level}”。可用级别：trace、debug、info、notice、warning、error、critical。")
  static let noTLS = Message(
    "usage.no_tls", "Give --certificate and --key: Steward does not serve without TLS.", zh: "请给出 --certificate 与 --key：Steward 不提供无 TLS 的服务。")
  static let takesLanguage = Message("usage.takes_language", "--language is en or zh-Hans.", zh: "--language 的取值为 en 或 zh-Hans。")
  static let whichDatabaseToMigrate = Message(
    "usage.which_database_to_migrate", "Say which database: --database URL of a superuser, or --trial DIR.",
    zh: "请指明数据库：--database 超级用户的 URL，或 --trial 目录。")

  /// What stands before what is wrong.
  private static let wrong = Message("usage.wrong", "Error: {what}", zh: "错误：{what}")

  /// The English texts are the library's, to the letter. Of two that begin alike the longer one comes first.
  private static let sentences = [
    Message("usage.unknown_option_like", "Unknown option '{option}'. Did you mean '{other}'?", zh: "未知选项“{option}”。是否要用“{other}”？"),
    Message("usage.unknown_option", "Unknown option '{option}'", zh: "未知选项“{option}”"),
    Message("usage.missing_value", "Missing value for '{option}'", zh: "“{option}”缺少值"),
    Message(
      "usage.unwanted_value", "The option '{option}' does not take any value, but '{value}' was specified.", zh: "选项“{option}”不带值，却给出了“{value}”。"),
    Message("usage.unexpected", "Unexpected argument '{argument}'", zh: "多余的参数“{argument}”"),
    Message("usage.unexpected_several", "{count} unexpected arguments: {arguments}", zh: "{count} 个多余的参数：{arguments}"),
    Message("usage.missing", "Missing expected argument '{argument}'", zh: "缺少参数“{argument}”"),
    Message("usage.missing_one", "Missing one of: {arguments}", zh: "须给出以下之一：{arguments}"),
    Message(
      "usage.bad_value_of", "The value '{value}' is invalid for '{option}'. Please provide one of {allowed}.",
      zh: "值“{value}”不适用于“{option}”，可选值：{allowed}。"),
    Message("usage.bad_value_because", "The value '{value}' is invalid for '{option}': {reason}", zh: "值“{value}”不适用于“{option}”：{reason}"),
    Message("usage.bad_value", "The value '{value}' is invalid for '{option}'", zh: "值“{value}”不适用于“{option}”"),
    Message("usage.help", "Help:  {text}", zh: "说明：{text}"),
    Message("usage.usage", "Usage: {text}", zh: "用法：{text}"),
    Message("usage.more", "See '{command}' for more information.", zh: "详情请见“{command}”。"),
  ]

  static let all =
    [
      eitherOr, together, goesWith, adminAuthority, adminOverTLS, whichServer, adminCredential, notAbsolute, notAnAddress, allowedAddresses, noLogLevel,
      noTLS, takesLanguage, whichDatabaseToMigrate, wrong,
    ] + sentences

  /// - Parameter english: all that the library says.
  static func text(_ english: String, _ language: Language) -> String {
    english.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      let indent = line.prefix { $0 == " " }
      let said = line.dropFirst(indent.count)
      guard let what = wrong.arguments(in: said)?["what"] else { return String(indent) + sentence(said, language) }
      return wrong.text(language, ["what": sentence(what[...], language)])
    }.joined(separator: "\n")
  }

  private static func sentence(_ english: Substring, _ language: Language) -> String {
    for message in sentences { if let arguments = message.arguments(in: english) { return message.text(language, arguments) } }
    return String(english)
  }
}

extension Message {
  /// With what it was filled in to become an English text; nil: that is another text.
  fileprivate func arguments(in text: Substring) -> [String: String]? {
    var found: [String: String] = [:]
    var (template, rest) = (english[...], text)
    while let open = template.firstIndex(of: "{"), let close = template[open...].firstIndex(of: "}") {
      guard rest.hasPrefix(template[..<open]) else { return nil }
      rest = rest.dropFirst(template[..<open].count)
      let name = String(template[template.index(after: open)..<close])
      template = template[template.index(after: close)...]
      let next = template.prefix { $0 != "{" }
      if next.count == template.count {
        // The last one reaches to what ends the text.
        guard rest.hasSuffix(next) else { return nil }
        found[name] = String(rest.dropLast(next.count))
        return found
      }
      guard let place = rest.firstRange(of: next) else { return nil }
      found[name] = String(rest[..<place.lowerBound])
      rest = rest[place.lowerBound...]
    }
    return nil
  }
}
