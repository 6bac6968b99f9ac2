import Kernel
import Operations
import ServiceLevels

/// Why a request is judged as it is: the whole chain behind each of its clocks.
package enum ExplainRequest: Operation {
  package typealias Input = RequestReference

  package struct Output: OperationOutput {
    let line: RequestLine
    let clocks: [ClockExplanation]

    package static let fields: [OutputField<Output>] = [
      OutputField("id", .id, "The request.", "请求编号。") { .id($0.line.id) },
      OutputField("number", .text, "Its number for people.", "请求号。") { .text($0.line.number) },
      OutputField("clocks", listOf: ClockExplanation.self, "Each promise and how it was judged.", "每项承诺及其判定过程。") { $0.clocks },
    ]
  }

  package static let declaration = Declaration(
    "request.explain", "Explain a request's due times and verdicts.", zh: "解释请求的到期时间与判定。", permission: "request.read",
    roles: RequestRights.orderers, scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let row = try await context.request(input.id)
    return Output(line: RequestLine(row, in: context), clocks: try await ClockExplanation.of(.request(row.id), in: context))
  }
}
