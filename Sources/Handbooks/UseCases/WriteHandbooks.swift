import Kernel
import Operations

/// Begins the handbook of a process.
package enum CreateHandbook: Operation {
  package struct Input: OperationInput {
    let process: String
    let content: HandbookContent

    private static let process = Field.oneOf("process", HandbookProcess.allCases.map(\.rawValue), "The process.", "流程。")
    package static let fields: [any InputField] = [process] + HandbookContent.fields

    package init(_ values: InputValues) throws(FieldError) {
      process = try values[Self.process]
      content = try HandbookContent(values)
    }
  }

  package static let declaration = Declaration(
    "handbook.create", "Begin the handbook of a process: a draft.", zh: "为流程建立手册（草稿）。", permission: HandbookRights.manage,
    roles: HandbookRights.managers, scopes: HandbookRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> HandbookRecord {
    try HandbookRule.requireSound(input.content)
    let people = input.content.people
    try HandbookRule.requireStaff(people, try await context.staffBook(people.map(\.person)))
    let id = context.newId(.handbook)
    let insert = InsertHandbook(publicId: id, process: input.process, draft: input.content.stored, now: context.now)
    guard let row = try await context.transaction.first(insert) else { throw Failure.notFound }
    context.noteHandbook(row, 1, "created", id)
    return try await context.handbookRecord(id)
  }
}

/// Changes parts of the draft; editions stay as they are.
package enum ChangeHandbook: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let purpose: Change<LocalText>
    let owner: Change<PublicId>
    let manager: Change<PublicId>
    let reviewEveryMonths: Change<Int64>
    let activities: Change<[HandbookActivity]>
    let roles: Change<[HandbookRole]>
    let principles: Change<[HandbookPrinciple]>
    let form: Change<[HandbookFormField]>
    let kpis: Change<[HandbookKpi]>

    package static let fields: [any InputField] = [
      HandbookFields.id, HandbookContent.purpose.change, HandbookContent.owner.clearable, HandbookContent.manager.clearable,
      HandbookContent.reviewEveryMonths.change, HandbookContent.activities.change, HandbookContent.roles.change, HandbookContent.principles.change,
      HandbookContent.form.change, HandbookContent.kpis.change,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[HandbookFields.id]
      purpose = try values[HandbookContent.purpose.change]
      owner = try values[HandbookContent.owner.clearable]
      manager = try values[HandbookContent.manager.clearable]
      reviewEveryMonths = try values[HandbookContent.reviewEveryMonths.change]
      activities = try values[HandbookContent.activities.change]
      roles = try values[HandbookContent.roles.change]
      principles = try values[HandbookContent.principles.change]
      form = try values[HandbookContent.form.change]
      kpis = try values[HandbookContent.kpis.change]
    }

    func applied(to content: HandbookContent) -> HandbookContent {
      var content = content
      content.purpose = purpose.applied(to: content.purpose)
      content.owner = owner.applied(to: content.owner)
      content.manager = manager.applied(to: content.manager)
      content.reviewEveryMonths = reviewEveryMonths.applied(to: content.reviewEveryMonths)
      content.activities = activities.applied(to: content.activities)
      content.roles = roles.applied(to: content.roles)
      content.principles = principles.applied(to: content.principles)
      content.form = form.applied(to: content.form)
      content.kpis = kpis.applied(to: content.kpis)
      return content
    }
  }

  package static let declaration = Declaration(
    "handbook.change", "Change the draft of a handbook's next edition; a list that is given replaces the one that there is.",
    zh: "修改手册下一版的草稿；给出的列表整体替换原有列表。", permission: HandbookRights.manage, roles: HandbookRights.managers, scopes: HandbookRights.everyone,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> HandbookRecord {
    let row = try await context.handbook(input.id)
    try context.requireVersion(row.version)
    let was = try HandbookContent.read(row.draft)
    let content = input.applied(to: was)
    guard content != was else { throw Failure(.invalid, HandbookMessages.nothingToChange) }
    try HandbookRule.requireSound(content)
    // Who left since he was put there is a gap, and keeps nobody from mending another part.
    let old = Set(was.people)
    let people = content.people.filter { !old.contains($0) }
    try HandbookRule.requireStaff(people, try await context.staffBook(people.map(\.person)))
    var update = UpdateHandbook(row)
    update.draft = content.stored
    try await context.save(update, of: row, "changed")
    return try await context.handbookRecord(input.id)
  }
}

/// Makes an edition of the draft and of what is in force; it is never changed.
package enum PublishHandbook: Operation {
  package typealias Input = HandbookReference

  package static let declaration = Declaration(
    "handbook.publish", "Publish the draft as the next edition, with the codes, priorities, gates and rules in force; an edition is never changed.",
    zh: "将草稿连同当前生效的代码、优先级、关卡与规则发布为新版本；已发布的版本不再修改。", permission: HandbookRights.manage, roles: HandbookRights.managers,
    scopes: HandbookRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> HandbookRecord {
    let row = try await context.handbook(input.id)
    try context.requireVersion(row.version)
    let content = try HandbookContent.read(row.draft)
    try HandbookRule.requireReady(content, try await context.staffBook(content.people.map(\.person)))
    let newest = try await context.edition(nil, of: row)
    let inForce = try await context.inForce(try row.known)
    if let newest, HandbookContent.ifReadable(newest.content) == content, HandbookInForce(newest.inForce) == inForce {
      throw Failure(.conflict, HandbookMessages.nothingNew)
    }
    let seq = (newest?.seq ?? 0) + 1
    var update = UpdateHandbook(row)
    update.newestSeq = seq
    update.reviewDueOn = context.reviewDay(of: content)
    try await context.save(update, of: row, "published")
    context.transaction.enqueue(
      InsertEdition(
        handbook: row.id, seq: seq, content: content.stored, inForce: inForce.value, publisher: context.actor, name: context.principal.name,
        now: context.now))
    return try await context.handbookRecord(input.id)
  }
}

/// Somebody looked through it, and it still holds.
package enum ConfirmHandbook: Operation {
  package typealias Input = HandbookReference

  package static let declaration = Declaration(
    "handbook.confirm", "Say that the newest edition was looked through and still holds: its next review is due a cycle from today.",
    zh: "确认最新版本经复审仍然适用：下次复审自今日起顺延一个周期。", permission: HandbookRights.manage, roles: HandbookRights.managers,
    scopes: HandbookRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> HandbookRecord {
    let row = try await context.handbook(input.id)
    try context.requireVersion(row.version)
    guard let newest = try await context.edition(nil, of: row) else { throw Failure(.conflict, HandbookMessages.notPublished) }
    var update = UpdateHandbook(row)
    update.reviewDueOn = context.reviewDay(of: try HandbookContent.read(newest.content))
    try await context.save(update, of: row, "confirmed")
    return try await context.handbookRecord(input.id)
  }
}
