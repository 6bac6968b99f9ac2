import Kernel
import Operations
import Tenancy

/// An event of which nobody knows yet whose it is.
package struct TriageRecord: OperationOutput {
  let id: PublicId
  let source: PublicId
  let row: TriageRow

  package static let fields: [OutputField<TriageRecord>] = [
    OutputField("id", .id, "The event.", "事态。") { .id($0.id) },
    OutputField("source", .id, "Where it comes from.", "来源。") { .id($0.source) },
    OutputField("title", .text, "What it is called.", "标题。") { .text(AlertWords.title($0.row.labels, $0.row.annotations)) },
    OutputField("fingerprint", .text, "What the source calls the thing by.", "来源对该对象的标识。") { .text($0.row.fingerprint) },
    OutputField("status", .text, "firing or resolved.", "状态：firing（告警）或 resolved（恢复）。") { .text($0.row.isFiring ? "firing" : "resolved") },
    OutputField("labels", .document, "Its labels.", "标签。") { LabelSet.value($0.row.labels) },
    OutputField("annotations", .document, "Its annotations.", "注释。") { LabelSet.value($0.row.annotations) },
    OutputField("link", .text, "Where the source shows it.", "来源中的链接。") { .text($0.row.link) },
    OutputField("startsAt", .instant, "When it began.", "开始时间。") { .instant($0.row.startsAt) },
    OutputField("fault", .text, "Why it could not be settled, where it was found whose it is.", "已判定归属但未能处理的原因。") { .text($0.row.fault) },
    OutputField("recordedAt", .instant, "When it was delivered.", "投递时间。") { .instant($0.row.recordedAt) },
  ]

  init(_ row: TriageRow, in context: OperationContext) {
    id = context.id(.event, row.publicId)
    source = context.id(.eventSource, row.sourcePublicId)
    self.row = row
  }
}

/// How many events an act was about.
package struct EventCount: OperationOutput {
  let count: Int64

  package static let fields: [OutputField<EventCount>] = [
    OutputField("events", .integer, "How many events it was about.", "涉及的事态数。") { .integer($0.count) }
  ]
}

private enum EventFields {
  static let id = Field.id("id", .event, "The event.", "事态。")
}

extension OperationContext {
  /// An event that waits for somebody, locked.
  fileprivate func eventInTriage(_ id: PublicId) async throws -> TriageRow {
    guard let row = try await transaction.first(EventByPublicId(provider: provider.id, publicId: id.random)) else { throw Failure.notFound }
    guard row.isInTriage else { throw Failure(.conflict, EventsMessages.notInTriage) }
    subject(id)
    return row
  }
}

package enum ListTriage: Operation {
  package typealias Input = ListEventSources.Input

  package static let declaration = Declaration(
    "event.triage", "List the events of which it is not known whose they are, the oldest first.", zh: "列出归属未定的事态，最早的在前。",
    permission: EventRights.triage, roles: EventRights.sorters, scopes: EventRights.forAll, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TriageRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(TriagePage(provider: context.provider.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.integer($0.id)]) }) { TriageRecord($0, in: context) }
  }
}

package enum AssignEvent: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let customer: PublicId
    let label: String?

    private static let customerField = Field.id(
      "customer", .customer, "Whose it is: a customer, or the provider itself, of what is its own.", "所属客户；服务商自有对象填写服务商本身。")
    private static let label = Field.text(
      "label", 1...128,
      "All events of the source that have the same value of this label are the customer's too, also in future: it becomes the last of its rules, for which event_source.manage is needed.",
      "来源中此标签取值相同的事态今后也归属该客户：作为最后一条规则加入（需要 event_source.manage 权限）。"
    ).optional
    package static let fields: [any InputField] = [EventFields.id, customerField, label]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[EventFields.id]
      customer = try values[Self.customerField]
      label = try values[Self.label]
    }
  }

  package static let declaration = Declaration(
    "event.assign", "Say whose an event is, and, by a label, whose others like it are.", zh: "指定事态所属客户，并可按标签一并指定同类事态。",
    permission: EventRights.triage, roles: EventRights.sorters, scopes: EventRights.forAll, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> EventCount {
    let customer = try await context.tenantOfEvents(input.customer, "customer")
    let row = try await context.eventInTriage(input.id)
    var value: String?
    if let label = input.label {
      guard let found = row.labels[label] else { throw Failure.invalid("label", EventsMessages.noSuchLabel, ["label": label]) }
      value = found
      try await context.addRule(SourceSettings.Rule(label: label, value: found, customer: customer), to: row.source)
    }
    let assign = AssignReceived(
      provider: context.provider.id, source: row.source, event: row.id, fingerprint: row.fingerprint, label: input.label, value: value, customer: customer,
      now: context.now)
    return EventCount(count: Int64(try await context.transaction.execute(assign)))
  }
}

extension OperationContext {
  /// A rule is the source's configuration: whoever changes that at the same time finds another version.
  fileprivate func addRule(_ rule: SourceSettings.Rule, to source: Int64) async throws {
    guard principal.access(EventRights.manage, honouring: EventRights.forAll, at: now) != nil else {
      throw Failure(.denied, EventsMessages.ruleDenied)
    }
    let (touched, rules) = try await transaction.query(
      TouchSource(provider: provider.id, source: source), RulesOfSources(provider: provider.id, sources: [source]))
    guard let customer = touched.first, customer == nil else { throw Failure.invalid("label", EventsMessages.oneCustomer) }
    if let known = rules.map(\.rule).first(where: { $0.label == rule.label && $0.value == rule.value }) {
      guard known.customer == rule.customer else { throw Failure.invalid("label", EventsMessages.ruleTwice) }
      return
    }
    transaction.enqueue(AppendRules(provider: provider.id, source: source, rules: [rule]))
  }
}

package enum IgnoreEvent: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    package static let fields: [any InputField] = [EventFields.id]

    package init(_ values: InputValues) throws(FieldError) { id = try values[EventFields.id] }
  }

  package static let declaration = Declaration(
    "event.ignore", "Do nothing about an event, nor about what its source said of the same thing by now.", zh: "忽略事态及其来源就同一对象已投递的其他事态。",
    permission: EventRights.triage, roles: EventRights.sorters, scopes: EventRights.forAll, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> EventCount {
    let row = try await context.eventInTriage(input.id)
    let ignore = IgnoreReceived(provider: context.provider.id, source: row.source, fingerprint: row.fingerprint, now: context.now)
    return EventCount(count: Int64(try await context.transaction.execute(ignore)))
  }
}
