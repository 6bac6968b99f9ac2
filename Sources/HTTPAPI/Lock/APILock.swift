import Kernel
import Live
import Operations

/// The promise that is kept in `docs/api.lock`: every operation with its route, its fields and their types, one fact a
/// line, so that a review sees what changes and a test refuses what breaks a client.
///
///     incident.open route POST /v1/incidents
///     incident.open in title text least=1 most=200 required
///     incident.open in tags list least=0 most=20
///     incident.open in tags[] text least=1 most=50
///     incident.open out id id
package enum APILock {
  /// Pure; the operations by name, so that it does not change with the order of modules.
  package static func text(_ registry: Registry) -> String {
    (batch + live + registry.operations.flatMap(lines)).joined(separator: "\n") + "\n"
  }

  /// The one route that calls several.
  private static var batch: [String] {
    let out = BatchAnswer.fields.flatMap { outputs($0.type, $0.path) }.sorted()
    return (["route POST \(Batch.path)"] + inputs(BatchInput.fields, "").map { "in \($0)" } + out.map { "out \($0)" }).map { "batch \($0)" }
  }

  /// The route of live updates, and what the data of each event holds.
  private static var live: [String] {
    let out = LiveRoute.data.flatMap { kind, fields in fields.flatMap { outputs($0.value, "\(kind).\($0.key)") } }.sorted()
    return (["route GET \(LiveRoute.path)"] + inputs(LiveInput.fields, "").map { "in \($0)" } + out.map { "out \($0)" }).map { "live \($0)" }
  }

  private static func lines(_ operation: RegisteredOperation) -> [String] {
    let declaration = operation.declaration
    var lines = ["route \(Route(of: operation))" + (declaration.requiresVersion ? " if-match" : "")]
    lines += inputs(operation.inputFields, "").map { "in \($0)" }.sorted()
    if case .object(let fields) = operation.outputSchema { lines += outputs(fields, "").map { "out \($0)" }.sorted() }
    return lines.map { "\(declaration.name) \($0)" }
  }

  private static func inputs(_ fields: [any InputField], _ prefix: String) -> [String] {
    fields.flatMap { field in
      let marks = (field.isRequired ? " required" : "") + (field.isClearable ? " clearable" : "")
      return inputs(field.type, prefix + field.name, marks)
    }
  }

  private static func inputs(_ type: FieldType, _ path: String, _ marks: String) -> [String] {
    let shape = type.shape
    let limits = (shape.least.map { " least=\($0)" } ?? "") + (shape.most.map { " most=\($0)" } ?? "")
    let values = shape.values.isEmpty ? "" : " of=\(shape.values.sorted().joined(separator: "|"))"
    let line = "\(path) \(shape.word)\(limits)\(values)\(marks)"
    switch type {
    case .list(let element, _): return [line] + inputs(element, path + "[]", "")
    case .object(let fields): return [line] + inputs(fields, path + ".")
    default: return [line]
    }
  }

  private static func outputs(_ fields: [(name: String, type: OutputType, summary: Message)], _ prefix: String) -> [String] {
    fields.flatMap { outputs($0.type, prefix + $0.name) }
  }

  private static func outputs(_ type: OutputType, _ path: String) -> [String] {
    switch type {
    case .text: ["\(path) text"]
    case .integer: ["\(path) integer"]
    case .boolean: ["\(path) boolean"]
    case .instant: ["\(path) instant"]
    case .date: ["\(path) date"]
    case .decimal: ["\(path) decimal"]
    case .id: ["\(path) id"]
    case .list(let element): ["\(path) list"] + outputs(element, path + "[]")
    case .object(let fields): ["\(path) object"] + outputs(fields, path + ".")
    case .document: ["\(path) document"]
    }
  }
}
