import Kernel
import Postgres

/// An offer to hand something over, and what became of it: of an incident, a problem, a change, a release, a major incident or a request.
package struct HandoverRow: Sendable {
  package enum Outcome: String, Sendable {
    case accepted, returned, withdrawn
  }

  package let id: Int64
  let from: [UInt8]
  /// Whom it is offered to; nil: a team.
  package let to: Int64?
  let toBits: [UInt8]?
  package let team: [UInt8]?
  let reason: String?
  let offerer: Party
  let offererName: String
  let offeredAt: Instant
  let outcome: String?
  let answerReason: String?
  let answererName: String?
  let answeredAt: Instant?

  /// Of the offer `h`, and the team `m` that it is for.
  package static let columns = """
    h.id, h.from_public_id, h.to_id, h.to_public_id, m.public_id, h.reason, coalesce(h.actor_kind, 'staff'), h.actor_id, h.actor_name, h.recorded_at,
      h.outcome, h.answer_reason, h.answerer_name, h.answered_at
    """

  package init(_ row: inout RowReader) throws {
    id = try row.next()
    from = try row.next()
    to = try row.next()
    toBits = try row.next()
    team = try row.next()
    reason = try row.next()
    offerer = Party(kind: try row.next(), id: try row.next(), person: nil)
    offererName = try row.next()
    offeredAt = try row.next()
    outcome = try row.next()
    answerReason = try row.next()
    answererName = try row.next()
    answeredAt = try row.next()
  }

  /// What it means that the caller ends it: who offered it, or answers for what is offered, withdraws it; whom it was offered to returns it.
  /// - Parameter owner: the account that answers for it.
  package func ending(by principal: Principal, owner: Int64?) throws(Failure) -> Outcome {
    let staff = principal.actor.kind == .staff ? principal.actor.id : nil
    let isOfferers = Party(principal).isAccount(of: offerer) || staff != nil && staff == owner
    guard isOfferers || to == nil || to == staff else { throw Failure(.conflict, HandoverMessages.offeredToAnother) }
    return isOfferers ? .withdrawn : .returned
  }
}

/// An offer to hand something over, as it is listed.
package struct HandoverRecord: OperationOutput {
  let row: HandoverRow
  let from: PublicId
  let staff: PublicId?
  let team: PublicId?

  package init(_ row: HandoverRow, in context: OperationContext) {
    self.row = row
    from = context.id(.staff, row.from)
    staff = row.toBits.map { context.id(.staff, $0) }
    team = row.team.map { context.id(.offeredTeam, $0) }
  }

  package static let fields: [OutputField<HandoverRecord>] = [
    OutputField("from", .id, "Who answered for it.", "移交前的负责人。") { .id($0.from) },
    OutputField("staff", .id, "Whom it was offered to.", "移交给的人员。") { .id($0.staff) },
    OutputField("team", .id, "Or the team.", "或团队。") { .id($0.team) },
    OutputField("reason", .text, "Why.", "移交原因。") { .text($0.row.reason) },
    OutputField("offeredBy", .text, "Who offered it.", "发起人。") { .text($0.row.offererName) },
    OutputField("offeredAt", .instant, "When.", "发起时间。") { .instant($0.row.offeredAt) },
    OutputField(
      "outcome", .text, "accepted, returned or withdrawn; null while nobody has answered.", "结果：accepted（接受）、returned（退回）或 withdrawn（撤回）；未答复为 null。"
    ) {
      .text($0.row.outcome)
    },
    OutputField("answerReason", .text, "Why it was returned or withdrawn.", "退回或撤回的原因。") { .text($0.row.answerReason) },
    OutputField("answeredBy", .text, "Who answered.", "答复人。") { .text($0.row.answererName) },
    OutputField("answeredAt", .instant, "When.", "答复时间。") { .instant($0.row.answeredAt) },
  ]
}

/// To hand something over: to a member of the staff, or to a team.
package enum OfferFields {
  package static let staff = Field.id("staff", .staff, "Whom it is offered to.", "移交给的人员。").optional
  package static let team = Field.id("team", .offeredTeam, "Or the team, of which whoever accepts answers for it.", "或移交给的团队，由接受者负责。").optional
  package static let reason = Field.text("reason", 1...500, "Why.", "移交原因。").optional
  /// Why it is returned.
  package static let answer = Field.text("reason", 1...500, "Why.", "退回或撤回的原因。")
  /// Of a list: whoever answers for it does by the rule.
  package static let unowned = Field.boolean("unowned", "Only those that go on and nobody has taken.", "仅限未结束且尚无人认领的。").optional
  /// Of a list.
  package static let offered = Field.boolean(
    "offered", "Only those that are offered to the caller, or to a team of his or one without members, and that nobody has answered.",
    "仅限移交给本人、本人所属团队或没有成员的团队且尚未答复的。"
  ).optional
}

/// Whom a record is offered to: somebody of the staff, or a team.
package struct OfferInput<Named: NamesRecord>: OperationInput {
  package let id: PublicId
  package let staff: PublicId?
  package let team: PublicId?
  package let reason: String?

  package static var fields: [any InputField] { [Named.id, OfferFields.staff, OfferFields.team, OfferFields.reason] }

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Named.id]
    staff = try values[OfferFields.staff]
    team = try values[OfferFields.team]
    reason = try values[OfferFields.reason]
  }
}

/// Why an offered record is returned, or the offer withdrawn.
package struct OfferAnswerInput<Named: NamesRecord>: OperationInput {
  package let id: PublicId
  package let reason: String

  package static var fields: [any InputField] { [Named.id, OfferFields.answer] }

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Named.id]
    reason = try values[OfferFields.answer]
  }
}

extension IdKind {
  /// The desk's, for whoever stands below it.
  fileprivate static let offeredTeam = IdKind("team", owner: .provider)
}

/// What of a hand-over by offer is told to whom it concerns, by the type of its event: `problem.ownership_offered` and so on. Those of incidents are
/// told as what happens to a ticket.
package enum OfferNews: String, Sendable, CaseIterable {
  case offered = "ownership_offered"
  /// A team has not answered for a day; told to who leads it.
  case waiting = "ownership_waiting"
  /// Somebody answers from now on; told where he does by an offer.
  case taken = "owner_changed"
  /// Or withdrawn.
  case returned = "ownership_returned"

  private static let kinds: Set = ["problem", "change", "release", "major_incident", "request"]

  /// - Parameter type: of an event, such as `change.ownership_offered`.
  package init?(type: String) {
    let parts = type.split(separator: ".")
    guard parts.count == 2, let kind = parts.first, let what = parts.last, Self.kinds.contains(String(kind)) else { return nil }
    self.init(rawValue: String(what))
  }

  /// To whose outbox an event is handed.
  package static func consumers(of type: String) -> [String] { OfferNews(type: type) == nil ? [] : ["notifications"] }
}
