import Kernel
import Operations

/// What HELP shows: the tree of commands, made from the registry.
enum HelpPages {
  /// Nil when there is no such noun or command.
  static func page(_ words: [String], _ registry: Registry, _ language: Language) -> AdminReply? {
    guard let noun = words.first else { return overview(registry, language) }
    let operations = registry.operations.filter { OperationCommand.word($0.declaration.noun) == OperationCommand.word(noun) }
    guard !operations.isEmpty else { return nil }
    guard words.count > 1 else { return listing(operations.map { commandRow($0.declaration, language) }) }
    guard words.count == 2, let operation = operations.first(where: { OperationCommand.word($0.declaration.verb) == OperationCommand.word(words[1]) })
    else { return nil }
    return command(operation, language)
  }

  private static func overview(_ registry: Registry, _ language: Language) -> AdminReply {
    var rows = SessionCommand.allCases.map { Value.object(["command": .text($0.usage), "text": .text(summary($0).text(language))]) }
    var verbs: [String: [String]] = [:]
    for declaration in registry.operations.map(\.declaration) {
      verbs[OperationCommand.word(declaration.noun), default: []].append(OperationCommand.word(declaration.verb))
    }
    for (noun, verbs) in verbs.sorted(by: { $0.key < $1.key }) {
      let text = AdminMessages.helpNoun.text(language, ["verbs": verbs.joined(separator: ", ")])
      rows.append(.object(["command": .text(noun), "text": .text(text)]))
    }
    return listing(rows)
  }

  private static func commandRow(_ declaration: Declaration, _ language: Language) -> Value {
    .object([
      "command": .text(OperationCommand.words(declaration)), "effect": .text(declaration.effect.rawValue), "permission": .text(permission(declaration)),
      "text": .text(declaration.summary.text(language)),
    ])
  }

  private static func command(_ operation: RegisteredOperation, _ language: Language) -> AdminReply {
    let declaration = operation.declaration
    var reply = listing(operation.inputFields.flatMap { inputRows($0, $0.type, $0.name, language) }, columns: inputColumns)
    reply.fields = [
      Value.Member("command", .text(OperationCommand.words(declaration))),
      Value.Member("effect", .text(declaration.effect.rawValue)),
      Value.Member("permission", .text(permission(declaration))),
      Value.Member("version", .bool(declaration.requiresVersion)),
      Value.Member("example", .text(CommandExample.text(operation))),
      Value.Member("text", .text(declaration.summary.text(language))),
    ]
    return reply
  }

  /// Empty where nobody needs one.
  private static func permission(_ declaration: Declaration) -> String { declaration.needsNobody ? "" : declaration.permission }

  private static let inputColumns = ["input", "type", "least", "most", "values", "required", "clearable", "secret", "text"]

  /// A row for the field and one for each field inside it: `targets`, `targets[].metric`.
  private static func inputRows(_ field: any InputField, _ type: FieldType, _ path: String, _ language: Language) -> [Value] {
    let shape = type.shape
    let row = Value.object([
      "input": .text(path), "type": .text(shape.word), "least": .integer(shape.least), "most": .integer(shape.most),
      "values": shape.values.isEmpty ? .null : .text(shape.values.joined(separator: ",")), "required": .bool(field.isRequired),
      "clearable": .bool(field.isClearable), "secret": .bool(field.isSecret), "text": .text(field.summary.text(language)),
    ])
    return [row] + innerRows(type, path, language)
  }

  private static func innerRows(_ type: FieldType, _ path: String, _ language: Language) -> [Value] {
    switch type {
    case .object(let fields): fields.flatMap { inputRows($0, $0.type, "\(path).\($0.name)", language) }
    case .list(let element, _): innerRows(element, "\(path)[]", language)
    default: []
    }
  }

  private static func listing(_ rows: [Value], columns: [String]? = nil) -> AdminReply {
    let columns = columns ?? (rows.first?.members ?? []).map(\.name)
    return AdminReply(.done, .listing(AdminReply.Table(columns: columns, rows: rows)))
  }

  private static func summary(_ command: SessionCommand) -> Message {
    switch command {
    case .hello: AdminMessages.helpHello
    case .auth: AdminMessages.helpAuth
    case .as: AdminMessages.helpAs
    case .lang: AdminMessages.helpLang
    case .format: AdminMessages.helpFormat
    case .help: AdminMessages.helpHelp
    case .quit: AdminMessages.helpQuit
    }
  }
}

/// A command as one could write it, with what must be given and nothing else. Its ids name nothing.
enum CommandExample {
  static func text(_ operation: RegisteredOperation) -> String {
    var arguments = operation.inputFields.filter(\.isRequired).map { field in
      AdminCommand.Argument(field.name, argument(field.type))
    }
    if operation.declaration.requiresVersion { arguments.append(AdminCommand.Argument(OperationCommand.versionKey, "1")) }
    let words = OperationCommand.words(operation.declaration).split(separator: " ").map(String.init)
    return String(decoding: AdminCommand(words: words, arguments: arguments).bytes(longestQuoted: .max).dropLast(2), as: UTF8.self)
  }

  private static func argument(_ type: FieldType) -> String {
    let value = value(type)
    switch value {
    case .text(let text): return text
    case .array(let elements) where !type.isSimpleList: return JSON.text(.array(elements))
    case .array(let elements): return elements.map { $0.text ?? JSON.text($0) }.joined(separator: ",")
    default: return JSON.text(value)
    }
  }

  private static func value(_ type: FieldType) -> Value {
    switch type {
    case .text(let length, _): .text(("text" + String(repeating: "x", count: max(0, length.lowerBound - 4))).prefix(length.upperBound).description)
    case .integer(let range): .integer(range.contains(1) ? 1 : range.lowerBound)
    case .boolean: .bool(true)
    case .instant: "2026-03-01T08:00:00Z"
    case .date: "2026-03-01"
    case .month: "2026-03"
    case .id(let kind): .id(PublicId.none(kind: kind.prefix, handle: TenantHandle(0)))
    case .oneOf(let allowed): .text(allowed.first)
    case .percent: "95"
    case .amount: "12.50"
    case .list(let element, let count): .array(Array(repeating: value(element), count: max(1, count.lowerBound)))
    case .object(let fields):
      // Where nothing must be given, as of a text in several languages, one thing at least is meant to be.
      .object((fields.contains(where: \.isRequired) ? fields.filter(\.isRequired) : Array(fields.prefix(1))).map { Value.Member($0.name, value($0.type)) })
    case .document: .object([] as [Value.Member])
    }
  }
}

extension FieldType {
  /// Whether it is a list that is written with commas.
  fileprivate var isSimpleList: Bool { if case .list(let element, _) = self { !element.isComposite } else { false } }
}
