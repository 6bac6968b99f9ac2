import Attributes
import Desk
import Kernel
import Operations

/// Corrects how grave and how urgent a request is that is not over, and tells its custom attributes. What was ordered stays as it was agreed to. The
/// priority follows, and its clocks with that; used time stays used.
package enum ChangeRequest: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let impact: Change<Int64>
    let urgency: Change<Int64>
    let attributes: Change<Value>

    package static let fields: [any InputField] = [
      RequestReference.id, RatingFields.impact.change, RatingFields.urgency.change, AttributeFields.attributes.change,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RequestReference.id]
      impact = try values[RatingFields.impact.change]
      urgency = try values[RatingFields.urgency.change]
      attributes = try values[AttributeFields.attributes.change]
    }

    fileprivate var isRated: Bool { !(impact.isKeep && urgency.isKeep) }
  }

  package static let declaration = Declaration(
    "request.change", "Change the impact, the urgency and the custom attributes of a request; priority and clocks follow, what was ordered stays.",
    zh: "修改请求的影响、紧急度与自定义属性，优先级和时钟随之变化；申请内容不变。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    let attributes = try context.told(input.attributes.applied(to: nil), of: .request)
    guard input.isRated || attributes != nil else { throw Failure.invalid("", DeskMessages.nothingToChange) }
    var work = try await context.requestWork(input.id)
    switch work.process.request.state {
    case .submitted, .awaitingApproval, .approved, .fulfilling, .fulfilled: break
    case .rejected, .closed, .withdrawn, .cancelled:
      throw Failure(.conflict, RequestMessages.wrongState, ["state": work.process.request.state.rawValue, "event": "change"])
    }
    if input.isRated {
      let before = work.process.request.rating
      let impact: Int64 = input.impact.applied(to: before.impact)
      let urgency: Int64 = input.urgency.applied(to: before.urgency)
      try await context.requireRatings([(impact == before.impact ? nil : impact, urgency == before.urgency ? nil : urgency, "")])
      let priority = try await context.priority(of: context.tenant.id, impact: impact, urgency: urgency)
      work.process.rate(RequestRating(impact: impact, urgency: urgency, priority: priority), at: context.now)
    }
    if let attributes {
      // Read once it is held: what another one wrote meanwhile is not overwritten.
      let held = try await context.request(input.id).attributes
      work.tell(try await attributes.applied(to: held, of: context.tenant.id, category: nil))
    }
    try await work.save()
    return try await context.requestOutput(input.id)
  }
}
