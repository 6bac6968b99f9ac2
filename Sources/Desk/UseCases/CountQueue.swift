import Kernel
import Operations

/// How much there is to do: of what a queue would show, the number.
package enum CountQueue: Operation {
  package struct Input: OperationInput {
    let shown: ShownQueue

    package static let fields: [any InputField] = ShownQueue.fields

    package init(_ values: InputValues) throws(FieldError) { shown = try ShownQueue(values) }
  }

  package struct Output: OperationOutput {
    let count: Int64

    package static let fields: [OutputField<Output>] = [
      OutputField("count", .integer, "How many there are, up to \(CountQueue.most).", "数量，最多计到 \(CountQueue.most)。") {
        .integer(min($0.count, CountQueue.most))
      },
      OutputField("isMore", .boolean, "Whether there are more than that.", "是否超过此数。") { .bool($0.count > CountQueue.most) },
    ]
  }

  /// Whoever has more to do does not work by the number; and no count may cost what a walk through a million tickets does.
  static let most: Int64 = 1000

  package static let declaration = Declaration(
    "incident.count", "Count the open incidents that the queue would show.", zh: "统计队列将显示的未结事件数量。", permission: "incident.queue",
    roles: [.administrator, .accountManager, .engineer], reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let criteria = try await context.criteria(of: input.shown)
    let look = try await context.look(criteria, ofCi: input.shown.ci, limit: most + 1)
    return Output(count: try await look.count(in: context.transaction))
  }
}
