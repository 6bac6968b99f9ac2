import Attributes
import Desk
import Kernel
import Operations

package enum ChangeProblem: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let title: Change<String>
    let description: Change<String>
    let category: Change<String>
    let impact: Change<Int64>
    let urgency: Change<Int64>
    let requester: Change<PublicId>
    let attributes: Change<Value>

    package static let fields: [any InputField] = [
      ProblemFields.id, ProblemFields.title.change, ProblemFields.description.change, ProblemFields.category.clearable, RatingFields.impact.change,
      RatingFields.urgency.change, NamedRequesterFields.requester.clearable, AttributeFields.attributes.change,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ProblemFields.id]
      title = try values[ProblemFields.title.change]
      description = try values[ProblemFields.description.change]
      category = try values[ProblemFields.category.clearable]
      impact = try values[RatingFields.impact.change]
      urgency = try values[RatingFields.urgency.change]
      requester = try values[NamedRequesterFields.requester.clearable]
      attributes = try values[AttributeFields.attributes.change]
    }

    /// Whether nothing but attributes is told.
    var isEmpty: Bool { title.isKeep && description.isKeep && category.isKeep && impact.isKeep && urgency.isKeep && requester.isKeep }
  }

  package static let declaration = Declaration(
    "problem.change", "Change what an open problem is about and whom it is for, its impact and urgency, and its custom attributes.",
    zh: "修改未结问题的内容、请求人、影响、紧急度与自定义属性。", permission: ProblemRights.work, roles: ProblemRights.workers,
    reach: .homeOr(by: "requester", andProvider: true), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    let attributes = try context.told(input.attributes.applied(to: nil), of: .problem)
    guard !input.isEmpty || attributes != nil else { throw Failure(.invalid, ProblemMessages.nothingToChange) }
    var work = try await ProblemWork.begin(on: input.id, in: context)
    try work.requireOpen()
    if case .set(let category) = input.category {
      try await context.requireCode(category, of: .category, at: "category", keeping: work.row.category)
    }
    let before = work.row
    let impact: Int64 = input.impact.applied(to: before.impact)
    let urgency: Int64 = input.urgency.applied(to: before.urgency)
    try await context.requireRatings([(impact == before.impact ? nil : impact, urgency == before.urgency ? nil : urgency, "")])
    work.row.title = input.title.applied(to: before.title)
    work.row.description = input.description.applied(to: before.description)
    work.row.category = input.category.applied(to: before.category)
    (work.row.impact, work.row.urgency) = (impact, urgency)
    if (work.row.impact, work.row.urgency) != (before.impact, before.urgency) {
      // The provider's matrix gives it, for a problem is the provider's.
      work.row.priority = try await context.priority(of: context.provider.id, impact: work.row.impact, urgency: work.row.urgency)
    }
    try await work.name(requester: input.requester)
    let changed = work.row.changes(since: before)
    let edit = try await attributes?.applied(to: before.attributes, of: work.row.customer?.id, category: work.row.category)
    // Telling what stands there already is no change.
    if changed.isEmpty, edit?.isEmpty ?? true, work.row.requester == before.requester { return work.record }
    work.note(changed)
    work.tell(edit)
    work.save()
    return work.record
  }
}

/// A problem of one customer turns out to be more than that. It is not narrowed again: what it is behind meanwhile would be left out.
package enum WidenProblem: Operation {
  package typealias Input = ProblemReason

  package static let declaration = Declaration(
    "problem.widen",
    "Make a problem of one customer one that may concern several: the staff of each read its texts and comments from then on, not the files from before.",
    zh: "将仅涉及一个客户的问题扩大为可能涉及多个客户：此后服务各客户的人员均可阅读其内容与评论，但不含此前的附件。", permission: ProblemRights.work, roles: ProblemRights.workers, scopes: [.all], reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    var work = try await ProblemWork.begin(on: input.id, in: context)
    try work.requireOpen()
    guard let customer = work.row.customer else { throw Failure(.conflict, ProblemMessages.wide) }
    work.row.customer = nil
    work.note("widened", .object([]), of: customer.id)
    // Why, in words: a comment, like all that people say of it.
    work.comment(input.reason)
    work.save()
    return work.record
  }
}

extension ProblemRow {
  /// What was written in it otherwise than before.
  fileprivate func changes(since before: ProblemRow) -> [FieldChange] {
    let told: [FieldChange] = [
      .text("title", before.title, title), .text("description", before.description, description),
      .code("category", .text(before.category), .text(category)), .code("impact", .integer(before.impact), .integer(impact)),
      .code("urgency", .integer(before.urgency), .integer(urgency)), .code("priority", .integer(before.priority), .integer(priority)),
    ]
    return told.real
  }
}
