import Attributes
import Desk
import Kernel
import Operations

/// Corrects how grave and how urgent a request is that is not over, where it is to be done and how it reached us, and tells its custom attributes. What
/// was ordered stays as it was agreed to. The priority follows, and its clocks with that; used time stays used.
package enum ChangeRequest: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let impact: Change<Int64>
    let urgency: Change<Int64>
    let unit: Change<PublicId>
    let source: Change<String>
    let attributes: Change<Value>

    package static let fields: [any InputField] = [
      RequestReference.id, RatingFields.impact.change, RatingFields.urgency.change, RequestReference.unit.clearable,
      RequestReference.source.clearable, AttributeFields.attributes.change,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RequestReference.id]
      impact = try values[RatingFields.impact.change]
      urgency = try values[RatingFields.urgency.change]
      unit = try values[RequestReference.unit.clearable]
      source = try values[RequestReference.source.clearable]
      attributes = try values[AttributeFields.attributes.change]
    }

    fileprivate var isRated: Bool { !(impact.isKeep && urgency.isKeep) }
    /// Whether nothing but attributes is told.
    fileprivate var isEmpty: Bool { !isRated && unit.isKeep && source.isKeep }
  }

  package static let declaration = Declaration(
    "request.change", "Change the impact, urgency, place, source and custom attributes of a request; priority and clocks follow, what was ordered stays.",
    zh: "修改请求的影响、紧急度、履行地点、来源与自定义属性，优先级和时钟随之变化；申请内容不变。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    let attributes = try context.told(input.attributes.applied(to: nil), of: .request)
    guard !input.isEmpty || attributes != nil else { throw Failure.invalid("", DeskMessages.nothingToChange) }
    var work = try await context.requestWork(input.id)
    switch work.process.request.state {
    case .submitted, .awaitingApproval, .approved, .fulfilling, .fulfilled: break
    case .rejected, .closed, .withdrawn, .cancelled:
      throw work.process.request.state.refusal(of: "change")
    }
    if input.isRated {
      let before = work.process.request.rating
      let impact: Int64 = input.impact.applied(to: before.impact)
      let urgency: Int64 = input.urgency.applied(to: before.urgency)
      try await context.requireRatings([(impact == before.impact ? nil : impact, urgency == before.urgency ? nil : urgency, "")])
      let priority = try await context.priority(of: context.tenant.id, impact: impact, urgency: urgency)
      work.process.rate(RequestRating(impact: impact, urgency: urgency, priority: priority), at: context.now)
    }
    try await move(&work, input.unit, context)
    if !input.source.isKeep {
      let former = work.process.request.source
      if case .set(let told) = input.source { try await context.requireCode(told, of: .source, at: "source", keeping: former) }
      work.process.came(by: input.source.applied(to: former), at: context.now)
    }
    if let attributes {
      // Read once it is held: what another one wrote meanwhile is not overwritten.
      let held = try await context.request(input.id).attributes
      work.tell(try await attributes.applied(to: held, of: context.tenant.id, category: nil))
    }
    try await work.save()
    return try await context.requestOutput(input.id)
  }

  /// Neither who agrees nor which line covers it follows: both go by where the requester is.
  private static func move(_ work: inout RequestWork, _ unit: Change<PublicId>, _ context: OperationContext) async throws {
    guard !unit.isKeep else { return }
    var place: Int64?
    if case .set(let named) = unit { place = try await context.unit(named, "unit") }
    guard place != work.held.place else { return }
    let former = try await context.transaction.first(UnitOfRequest(tenant: context.tenant.id, id: work.held.id))
    work.process.noteCorrection(
      "unit_changed",
      [Value.Member("from", .id(former.map { context.id(.unit, $0) })), Value.Member("to", .id(unit.applied(to: nil)))], at: context.now)
    context.transaction.enqueue(UpdateRequestPlace(tenant: context.tenant.id, id: work.held.id, place: place))
  }
}
