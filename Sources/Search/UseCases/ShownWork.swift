import Desk
import Kernel
import Operations

/// What of the queue over all processes is asked for: by criteria, or by a filter that keeps them.
struct ShownWork: Sendable {
  private let criteria: WorkCriteria
  private let filter: PublicId?

  static let fields: [any InputField] = WorkCriteria.fields + [QueueFilterField.filter]

  init(_ values: InputValues) throws(FieldError) {
    criteria = try WorkCriteria(values)
    filter = try values[QueueFilterField.filter]
  }

  func meant(in context: OperationContext) async throws -> WorkCriteria { try await context.meant(criteria, by: filter) }
}
