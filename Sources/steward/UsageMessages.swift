import Kernel

/// Wrong usage as the library of arguments tells it: in English, and as a text alone. Its common sentences are said in the language of who is at the
/// terminal; what is not among them stays as it is.
enum UsageMessages: MessageCatalog {
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

  static let all = [wrong] + sentences

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
