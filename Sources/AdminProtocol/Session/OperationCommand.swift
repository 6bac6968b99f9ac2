import Kernel
import Operations

/// Turns a command into the call of an operation, and what that gives into a reply. It holds no rule of the operations.
enum OperationCommand {
  static let versionKey = "version"
  static let requestKey = "request-id"
  static let customerField = "customer"
  /// Of a read over all customers that can be narrowed to some. What a write takes by this name is a part of what it writes.
  static let customersField = "customers"

  private static func isNarrowed(_ operation: RegisteredOperation) -> Bool {
    guard case .many = operation.declaration.reach, operation.declaration.effect == .read else { return false }
    return operation.inputFields.contains { $0.name == customersField }
  }

  /// The operation that the words name: `staff set-password` is `staff.set_password`.
  static func operation(_ command: AdminCommand, in registry: Registry) -> RegisteredOperation? {
    guard command.words.count <= 2 else { return nil }
    return registry[String(command.words.joined(separator: ".").map { $0 == "-" ? "_" : $0 })]
  }

  /// How an operation is written.
  static func words(_ declaration: Declaration) -> String { "\(word(declaration.noun)) \(word(declaration.verb))" }

  static func word(_ name: String) -> String { String(name.map { $0 == "_" ? "-" : $0 }) }

  /// `customer`: what the field `customer`, or `customers`, means if the command does not say.
  static func input(_ command: AdminCommand, for operation: RegisteredOperation, customer: String?) throws(Failure) -> Value {
    var members: [Value.Member] = []
    for argument in command.arguments where argument.key != versionKey && argument.key != requestKey {
      guard let text = argument.value else {
        members.append(Value.Member(argument.key, .null))
        continue
      }
      members.append(try operation.inputFields.member(argument.key, ofText: text))
    }
    if let customer, command.argument(customerField) == nil, operation.inputFields.contains(where: { $0.name == customerField }) {
      members.append(Value.Member(customerField, .text(customer)))
    } else if let customer, command.argument(customersField) == nil, isNarrowed(operation) {
      members.append(Value.Member(customersField, .array([.text(customer)])))
    }
    return .object(members)
  }

  static func expectedVersion(_ command: AdminCommand) throws(Failure) -> Int64? {
    guard let text = command.argument(versionKey)?.value else { return nil }
    guard case .integer(let version)? = try? JSON.read(text), version >= 0 else { throw Failure(.malformed, AdminMessages.badVersion) }
    return version
  }

  static func reply(_ value: Value, isReplay: Bool, of operation: RegisteredOperation, key: String?, _ format: ReplyFormat) -> AdminReply {
    let code: ReplyCode = isReplay ? .repeated : operation.declaration.effect == .create ? .made : .done
    let own = key.map { [Value.Member("request-id", .text($0))] } ?? []
    guard case .object(let fields) = operation.outputSchema else { return AdminReply(code, .fields, (value.members ?? []) + own) }
    if let items = fields.first(where: { $0.name == "items" }), case .list(.object(let columns)) = items.type {
      let rest = (value.members ?? []).filter { $0.name != "items" }
      return AdminReply(code, .listing(AdminReply.Table(columns: paths(columns, format), rows: value["items"]?.array ?? [])), rest + own)
    }
    if format == .csv, let report = report(fields) {
      let rest = (value.members ?? []).filter { $0.name != report.name }
      return AdminReply(code, .listing(AdminReply.Table(columns: paths(report.columns, format), rows: value[report.name]?.array ?? [])), rest + own)
    }
    return AdminReply(code, .thing(AdminReply.Table(columns: paths(fields, format), rows: [value])), own)
  }

  private typealias Columns = [(name: String, type: OutputType, summary: Message)]

  /// The list of a report, as sums are, which is no thing with an id: in a table its elements are the rows.
  private static func report(_ fields: Columns) -> (name: String, columns: Columns)? {
    guard !fields.contains(where: { $0.name == "id" }) else { return nil }
    let lists = fields.compactMap { field -> (name: String, columns: Columns)? in
      guard case .list(.object(let columns)) = field.type else { return nil }
      return (name: field.name, columns: columns)
    }
    return lists.count == 1 ? lists.first : nil
  }

  /// Only a table of CSV has columns.
  private static func paths(_ fields: [(name: String, type: OutputType, summary: Message)], _ format: ReplyFormat, _ prefix: String = "") -> [String] {
    guard format == .csv else { return [] }
    return fields.flatMap { field in
      if case .object(let inner) = field.type { return paths(inner, format, "\(prefix)\(field.name).") }
      return ["\(prefix)\(field.name)"]
    }
  }
}
