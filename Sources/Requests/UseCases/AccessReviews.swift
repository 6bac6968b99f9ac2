import Catalog
import Kernel
import Operations

/// A look at who has what.
package struct ReviewLine: OperationOutput {
  let row: ReviewRow
  let context: EntitlementContext

  init(_ row: ReviewRow, in context: OperationContext) {
    self.row = row
    self.context = EntitlementContext(context)
  }

  package static let fields: [OutputField<ReviewLine>] = [
    OutputField("id", .id, "The review.", "复核编号。") { $0.context.id(.accessReview, $0.row.publicId) },
    OutputField("resource", .text, "Access to what; null: to everything.", "访问对象；全部则为 null。") { .text($0.row.resource) },
    OutputField("reviewer", .id, "Who is to look; null: whoever may.", "复核人员；未指定则为 null。") { $0.context.id(.person, $0.row.reviewer) },
    OutputField("dueOn", .date, "By which day.", "截止日期。") { .date($0.row.dueOn) },
    OutputField("overdue", .boolean, "Whether that day is over, and something is still to be decided.", "是否逾期未完成。") {
      .bool($0.row.closedAt == nil && $0.row.dueOn < $0.context.today)
    },
    OutputField("openedAt", .instant, "When it was opened.", "发起时间。") { .instant($0.row.openedAt) },
    OutputField("closedAt", .instant, "When the last of it was decided; null: it is open.", "全部决定的时间；进行中则为 null。") { .instant($0.row.closedAt) },
    OutputField("total", .integer, "How many entitlements it is about.", "权限总数。") { .integer($0.row.total) },
    OutputField("decided", .integer, "On how many of them was decided.", "已决定的权限数。") { .integer($0.row.decided) },
    OutputField("untaken", .integer, "How many of those that it revoked nobody has taken away yet.", "已决定收回、但尚未实际收回的权限数。") {
      .integer($0.row.untaken)
    },
    OutputField("version", .integer, "It rises with every decision.", "版本号，每次决定递增。") { .integer($0.row.version) },
  ]
}

/// An entitlement in a review.
package struct ReviewItemLine: OperationOutput {
  let entitlement: EntitlementLine
  let row: ReviewItemRow

  init(_ row: ReviewItemRow, in context: OperationContext) {
    entitlement = EntitlementLine(row.entitlement, in: context)
    self.row = row
  }

  package static let fields: [OutputField<ReviewItemLine>] = [
    OutputField("entitlement", record: EntitlementLine.self, "What is looked at.", "所复核的权限。") { $0.entitlement },
    OutputField("result", .text, "confirmed or revoked; null: still to be decided.", "结果：confirmed 保留、revoked 收回；未决定则为 null。") { .text($0.row.result) },
    OutputField("reason", .text, "Why.", "理由。") { .text($0.row.reason) },
    OutputField("decidedAt", .instant, "When it was decided.", "决定时间。") { .instant($0.row.decidedAt) },
  ]
}

package enum ReviewFields: NamesRecord {
  package static let id = Field.id("id", .accessReview, "The review.", "复核编号。")
  /// Those who look at what all of a customer's people have.
  static let reviewers: Set<StockRole> = [.administrator, .accountManager, .customerManager]
  static let scopes: Set<Grant.ScopeKind> = [.listed, .all, .tenant]
  static let permission = ReviewerRight.permission
}

package enum OpenAccessReview: Operation {
  package struct Input: OperationInput {
    let resource: String?
    let reviewer: PublicId?
    let dueOn: CalendarDate

    private static let resource = Field.text("resource", 1...500, "Only access to this (default: to everything).", "仅复核此访问对象（默认全部）。").optional
    private static let reviewer = Field.id(
      "reviewer", .person, "The customer's person who is to look (default: whoever may).", "指定的复核人员（客户人员；默认任何有权人员）。"
    ).optional
    private static let dueOn = Field.date("dueOn", "By which day.", "截止日期。")

    package static let fields: [any InputField] = [CustomerReference.field, resource, reviewer, dueOn]

    package init(_ values: InputValues) throws(FieldError) {
      resource = try values[Self.resource]
      reviewer = try values[Self.reviewer]
      dueOn = try values[Self.dueOn]
    }
  }

  package static let declaration = Declaration(
    "access_review.open", "Open a look at who has what: all that was given and not taken, what has run out too, is to be confirmed or revoked.",
    zh: "发起访问权限复核：对已授予且未收回的权限（含已到期的）逐项确认或收回。",
    permission: ReviewFields.permission, roles: ReviewFields.reviewers, scopes: ReviewFields.scopes, reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReviewLine {
    let (tenant, today) = (context.tenant.id, context.tenant.day(at: context.now))
    guard input.dueOn >= today else { throw Failure.invalid("dueOn", RequestMessages.reviewDue) }
    var reviewer: Int64?
    if let named = input.reviewer {
      let found = try await context.transaction.query(PersonsOfRequest(tenant: tenant, publicIds: [named], own: nil)).first
      guard let found else { throw context.unknownReference("reviewer") }
      guard !found.hasLeft else { throw Failure.invalid("reviewer", AccountMessages.personLeft) }
      guard try await context.mayReview(found.id) else {
        throw Failure.invalid("reviewer", RequestMessages.reviewerMayNot, ["permission": ReviewFields.permission])
      }
      reviewer = found.id
    }
    let entitlements = try await context.transaction.query(EntitlementsToReview(tenant: tenant, resource: input.resource))
    guard !entitlements.isEmpty else { throw Failure(.conflict, RequestMessages.reviewEmpty) }
    let id = context.newId(.accessReview)
    let inserted = try await context.transaction.first(
      InsertReview(
        tenant: tenant, publicId: id.random, resource: input.resource, reviewer: reviewer, dueOn: input.dueOn, now: context.now,
        total: Int64(entitlements.count)))
    guard let review = inserted else { throw context.beaten }
    context.transaction.enqueue(InsertReviewItems(tenant: tenant, review: review, entitlements: entitlements))
    context.record(
      Event(
        subjectKind: AccessReviewNews.subjectKind, subject: review, seq: 1, type: AccessReviewNews.opened,
        payload: .object(["review": .id(id), "entitlements": .integer(Int64(entitlements.count))]), occurredAt: context.now),
      for: AccessReviewNews.consumers)
    return try await context.reviewLine(id)
  }
}

package enum ReadAccessReview: Operation {
  package typealias Input = PageOf<ReviewFields>

  package static let declaration = Declaration(
    "access_review.items", "List what a review looks at, with what was decided.", zh: "列出复核的各项权限及其结果。", permission: ReviewFields.permission,
    roles: ReviewFields.reviewers, scopes: ReviewFields.scopes, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ReviewItemLine> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let review = try await context.review(input.id)
    let rows = try await context.transaction.query(
      ReviewItems(tenant: context.tenant.id, review: review.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.entitlement.id)])
    } element: {
      ReviewItemLine($0, in: context)
    }
  }
}

package enum ListAccessReviews: Operation {
  package struct Input: OperationInput {
    let open: Bool
    let limit: Int64?
    let cursor: String?

    private static let open = Field.boolean("open", "Only those in which something is still to be decided (default: all).", "仅限未完成的复核（默认全部）。").optional

    package static let fields: [any InputField] = [CustomerReference.field, open, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      open = try values[Self.open] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "access_review.list", "List a customer's reviews of access, the newest first.", zh: "列出客户的访问权限复核，最新的在前。", permission: ReviewFields.permission,
    roles: ReviewFields.reviewers, scopes: ReviewFields.scopes, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ReviewLine> {
    let filter = String(input.open)
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ReviewsOfTenant(tenant: context.tenant.id, openOnly: input.open, before: try after?.integer(0) ?? .max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.id)])
    } element: {
      ReviewLine($0, in: context)
    }
  }
}

package enum DecideAccessReview: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let entitlement: PublicId
    let confirms: Bool
    let reason: String?

    private static let entitlement = Field.id("entitlement", .entitlement, "What is decided on.", "所决定的权限。")
    private static let result = Field.oneOf("result", ["confirmed", "revoked"], "Whether it stays.", "结果：confirmed 保留、revoked 收回。")
    private static let reason = Field.longText("reason", 1...2000, "Why.", "理由。").optional

    package static let fields: [any InputField] = [ReviewFields.id, entitlement, result, reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReviewFields.id]
      entitlement = try values[Self.entitlement]
      confirms = try values[Self.result] == "confirmed"
      reason = try values[Self.reason]
    }
  }

  package static let declaration = Declaration(
    "access_review.decide", "Confirm or revoke what somebody has; the last decision closes the review.", zh: "确认或收回某项权限；全部决定后复核即完成。",
    permission: ReviewFields.permission, roles: ReviewFields.reviewers, scopes: ReviewFields.scopes, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReviewLine {
    let tenant = context.tenant.id
    let (held, reviews) = try await context.transaction.query(
      HoldReview(tenant: tenant, publicId: input.id), ReviewByPublicId(tenant: tenant, publicId: input.id))
    guard !held.isEmpty, let review = reviews.first else { throw Failure.notFound }
    let item = try await context.transaction.first(ReviewItem(tenant: tenant, review: review.id, entitlement: input.entitlement))
    guard let item else { throw context.unknownReference("entitlement") }
    // What is his own, or all of it once he cannot decide any more, would be nobody's for good.
    if let reviewer = review.reviewerId, reviewer != context.principal.person, reviewer != item.entitlement.personId,
      try await context.mayReview(reviewer)
    {
      throw Failure(.conflict, RequestMessages.otherReviewer)
    }
    if let person = context.principal.person, person == item.entitlement.personId { throw Failure(.conflict, RequestMessages.ownEntitlement) }
    guard item.result == nil else { throw Failure(.conflict, RequestMessages.decidedAlready, ["result": item.result ?? ""]) }
    // An order or another review took it: who has what is not confirmed of it.
    guard !input.confirms || item.entitlement.endedAt == nil else { throw Failure(.conflict, RequestMessages.endedMeanwhile) }
    let result = input.confirms ? "confirmed" : "revoked"
    context.transaction.enqueue(
      DecideReviewItem(
        tenant: tenant, review: review.id, entitlement: item.entitlement.id, result: result, reason: input.reason, actor: context.actor, now: context.now))
    if !input.confirms {
      context.transaction.enqueue(RevokeEntitlement(tenant: tenant, entitlement: item.entitlement.id, review: review.id, now: context.now))
    }
    guard let version = try await context.transaction.first(AdvanceReview(tenant: tenant, review: review.id, now: context.now)) else {
      throw context.beaten
    }
    context.record(
      Event(
        subjectKind: "access_review", subject: review.id, seq: version, type: "access_review.\(result)",
        payload: .object(["review": .id(input.id), "entitlement": .id(input.entitlement)]), occurredAt: context.now))
    return try await context.reviewLine(input.id)
  }
}

extension OperationContext {
  fileprivate func review(_ id: PublicId) async throws -> ReviewRow {
    guard let row = try await transaction.first(ReviewByPublicId(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    return row
  }

  /// Whether this person of the customer's can decide on reviews by now.
  fileprivate func mayReview(_ person: Int64) async throws -> Bool {
    try await transaction.first(ReviewerMayDecide(tenant: tenant.id, person: person, now: now)) ?? false
  }

  fileprivate func reviewLine(_ id: PublicId) async throws -> ReviewLine {
    subject(id)
    return ReviewLine(try await review(id), in: self)
  }
}
