import Kernel

extension [any InputField] {
  /// A member of the input, of which an interface has only the text. What should be JSON and is not is told by the field's
  /// name. An unknown name goes through as a text: the operation's own answer is "unknown field".
  package func member(_ name: String, ofText text: String) throws(Failure) -> Value.Member {
    guard let type = first(where: { $0.name == name })?.type else { return Value.Member(name, .text(text)) }
    do throws(JSON.ReadError) {
      return Value.Member(name, try type.value(ofText: text))
    } catch {
      let problem = error.failure
      throw Failure(.invalid, KernelMessages.invalidInput, violations: [.init(path: name, InputMessages.notJSON, problem.arguments)])
    }
  }
}

extension FieldType {
  /// What a text means as a value of this type, where an interface has only texts: a query parameter, an argument of a
  /// command. What does not fit stays a text, which the field then refuses by name. Lists of simple values are written
  /// with commas, or as JSON; what is nested is JSON, and throws when it is not.
  func value(ofText text: String) throws(JSON.ReadError) -> Value {
    switch self {
    case .text, .instant, .date, .month, .id, .oneOf, .percent, .amount: return .text(text)
    case .integer:
      // Only the form that JSON would accept too: no plus sign, no leading zeros.
      if case .integer(let integer)? = try? JSON.read(text), !text.contains(where: \.isWhitespace) { return .integer(integer) }
      return .text(text)
    case .boolean:
      switch text {
      case "true": return .bool(true)
      case "false": return .bool(false)
      default: return .text(text)
      }
    case .list(let element, _) where !element.isComposite && !text.hasPrefix("["):
      guard !text.isEmpty else { return .array([]) }
      var elements: [Value] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) { elements.append(try element.value(ofText: String(part))) }
      return .array(elements)
    case .list, .object, .document: return try JSON.read(text)
    }
  }

  /// Whether a text of this type is JSON rather than plain.
  package var isComposite: Bool {
    switch self {
    case .list, .object, .document: true
    default: false
    }
  }

  /// What there is to say of the type in a word and its limits, without what is inside.
  package struct Shape: Equatable, Sendable {
    /// `text`, `lines`, `integer`, `id:cus` ...
    package let word: String
    package var least: Int64?
    package var most: Int64?
    /// The values of a choice.
    package var values: [String] = []
  }

  package var shape: Shape {
    switch self {
    case .text(let length, let multiline): Shape(word: multiline ? "lines" : "text", least: Int64(length.lowerBound), most: Int64(length.upperBound))
    case .integer(let range): Shape(word: "integer", least: range.lowerBound, most: range.upperBound)
    case .boolean: Shape(word: "boolean")
    case .instant: Shape(word: "instant")
    case .date: Shape(word: "date")
    case .month: Shape(word: "month")
    case .id(let kind): Shape(word: "id:\(kind.prefix)")
    case .oneOf(let allowed): Shape(word: "choice", values: allowed)
    case .percent: Shape(word: "percent")
    case .amount: Shape(word: "amount")
    case .list(_, let count): Shape(word: "list", least: Int64(count.lowerBound), most: Int64(count.upperBound))
    case .object: Shape(word: "object")
    case .document: Shape(word: "document")
    }
  }
}
