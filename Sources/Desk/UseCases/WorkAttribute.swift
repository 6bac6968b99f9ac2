import Attributes
import Kernel
import Operations

/// What of the queue over all processes holds a value of a custom attribute.
package struct WorkAttribute: Sendable {
  package let key: String
  /// The value, of each process that has such an attribute.
  package let codes: [WorkProcess: String]
  /// Those in which customers must not see it.
  package let internals: Set<WorkProcess>
}

extension WorkProcess {
  /// Whose custom attributes one may hold; nil: a task has none of its own.
  var attributes: AttributeProcess? {
    switch self {
    case .incident: .incident
    case .request: .request
    case .problem: .problem
    case .change: .change
    case .task, .changeTask: nil
    }
  }
}

extension WorkCriteria {
  /// What the attribute that is asked for means of some processes; nil: none is asked for. Only for operations that read, and to check it.
  package func attributeAsked(
    of processes: [WorkProcess], at path: String = "attribute", in context: OperationContext
  ) async throws -> WorkAttribute? {
    guard let found = try await context.attributeFilters(attribute, of: processes.compactMap(\.attributes), at: path) else { return nil }
    let held = processes.compactMap { process in process.attributes.flatMap { found[$0] }.map { (process: process, filter: $0) } }
    return WorkAttribute(
      key: held.first?.filter.key ?? "", codes: Dictionary(held.map { ($0.process, $0.filter.code) }) { first, _ in first },
      internals: Set(held.filter { $0.filter.isInternal }.map { $0.process }))
  }
}
