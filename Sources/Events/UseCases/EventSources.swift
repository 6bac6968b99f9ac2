import Desk
import Kernel
import Operations
import Tenancy

/// A source as the API shows it: never what it proves itself by.
package struct EventSourceRecord: OperationOutput {
  let id: PublicId
  let account: PublicId
  let row: SourceRow
  let rules: [RulesOfSources.Found]

  package static let fields: [OutputField<EventSourceRecord>] = [
    OutputField("id", .id, "The source.", "事态来源。") { .id($0.id) },
    OutputField("name", .text, "What it is called; incidents say that it reported them.", "名称；事件中以此注明报告来源。") { .text($0.row.name) },
    OutputField("proof", .text, "bearer or signature: what its deliveries prove themselves by.", "投递凭证：bearer（令牌）或 signature（签名）。") {
      .text($0.row.isSigning ? "signature" : "bearer")
    },
    OutputField("account", .id, "The service account as which it is on record.", "以其名义留痕的服务账户。") { .id($0.account) },
    OutputField("customer", .id, "The customer to whom all of its events belong, or the provider; null: the rules say whose.", "事态全部归属的客户或服务商自身；null 表示按规则判定。")
    {
      .id($0.row.customerId)
    },
    OutputField("rules", listOf: RuleRecord.self, "Whose an event is, in the order in which they are tried.", "归属规则，按匹配顺序。") {
      $0.rules.map(RuleRecord.init)
    },
    OutputField("groupLabels", .list(.text), "Labels whose values make one incident; none: as the sender groups.", "按其取值归并为一个事件的标签；为空则按发送方分组。") {
      .array($0.row.settings.groupLabels.map { .text($0) })
    },
    OutputField("ciLabel", .text, "The label that names a configuration item.", "指明配置项的标签。") { .text($0.row.settings.ciLabel) },
    OutputField("severityLabel", .text, "The label that says how severe it is.", "表示严重程度的标签。") { .text($0.row.settings.severityLabel) },
    OutputField("severities", listOf: SeverityRecord.self, "Its values, with the impact and urgency that they mean.", "该标签的取值及对应的影响和紧急度。") {
      $0.row.settings.severities.map(SeverityRecord.init)
    },
    OutputField("resolves", .boolean, "Whether an incident that nobody touched is resolved when its alerts are over.", "告警全部恢复且无人处理时是否自动解决事件。") {
      .bool($0.row.settings.resolves)
    },
    OutputField("flapMinutes", .integer, "So long after its end an incident is opened again by what comes back.", "事件结束后多少分钟内告警再现则重新打开。") {
      .integer($0.row.settings.flapMinutes)
    },
    OutputField("stormLimit", .integer, "So many incidents of a customer in ten minutes; the rest goes into one.", "每个客户十分钟内最多建立的事件数，其余并入一个事件。") {
      .integer($0.row.settings.stormLimit)
    },
    OutputField("state", .text, "active or retired.", "状态：active（在用）或 retired（已停用）。") { .text($0.row.isActive ? "active" : "retired") },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]

  init(_ row: SourceRow, _ rules: [RulesOfSources.Found], in context: OperationContext) {
    id = context.id(.eventSource, row.publicId)
    account = context.id(.staff, row.publicId)
    self.row = row
    self.rules = rules
  }
}

struct RuleRecord: OperationOutput {
  let found: RulesOfSources.Found

  static let fields: [OutputField<RuleRecord>] = [
    OutputField("label", .text, "The label.", "标签。") { .text($0.found.rule.label) },
    OutputField("value", .text, "Its value.", "取值。") { .text($0.found.rule.value) },
    OutputField("customer", .id, "Whose it is then: a customer, or the provider.", "所属客户，或服务商自身。") { .id($0.found.customerId) },
  ]
}

struct SeverityRecord: OperationOutput {
  let severity: SourceSettings.Severity

  static let fields: [OutputField<SeverityRecord>] = [
    OutputField("value", .text, "The value.", "取值。") { .text($0.severity.value) },
    OutputField("impact", .integer, "A number of code.list, 1 the gravest.", "影响：code.list 中的数字，1 为最高。") { .integer($0.severity.impact) },
    OutputField("urgency", .integer, "A number of code.list, 1 the most urgent.", "紧急度：code.list 中的数字，1 为最高。") { .integer($0.severity.urgency) },
  ]
}

/// What a source is told anew: its secret, once.
package struct SourceSecret: OperationOutput {
  let id: PublicId
  let version: Int64
  let secret: String

  package static let fields: [OutputField<SourceSecret>] = [
    OutputField("id", .id, "The source.", "事态来源。") { .id($0.id) },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.version) },
    OutputField("secret", .text, "What its deliveries prove themselves by; shown only now.", "投递凭证，仅显示一次。") { .text($0.secret) },
  ]
}

extension OperationContext {
  /// The source that `id` names.
  func eventSource(_ id: PublicId) async throws -> SourceRow {
    guard let row = try await transaction.first(SourceByPublicId(provider: provider.id, publicId: id.random)) else { throw Failure.notFound }
    return row
  }

  func eventSourceRecord(_ id: PublicId) async throws -> EventSourceRecord {
    let row = try await eventSource(id)
    return EventSourceRecord(row, try await transaction.query(RulesOfSources(provider: provider.id, sources: [row.id])), in: self)
  }

  /// Whose events are, by the id at `path`: a customer, or the provider itself, of what is its own. That the caller reaches it was checked with
  /// all references.
  func tenantOfEvents(_ id: PublicId, _ path: String) async throws -> TenantId {
    guard let entry = try await tenancy.tenant(id.handle) else { throw unknownReference(path) }
    return entry.id
  }

  /// The settings that an input asks for.
  func settings(_ input: SourceSettingsInput, over old: SourceSettings?) async throws -> SourceSettings {
    var settings =
      old
      ?? SourceSettings(
        customer: nil, rules: [], groupLabels: [], ciLabel: nil, severityLabel: "severity", severities: SourceSettings.usualSeverities, resolves: true,
        flapMinutes: 30, stormLimit: 20)
    switch input.customer {
    case .keep: break
    case .clear: settings.customer = nil
    case .set(let id): settings.customer = try await tenantOfEvents(id, "customer")
    }
    if let rules = input.rules {
      settings.rules = []
      for (index, rule) in rules.enumerated() {
        let customer = try await tenantOfEvents(rule.customer, "rules[\(index)].customer")
        settings.rules.append(SourceSettings.Rule(label: rule.label, value: rule.value, customer: customer))
      }
    }
    settings.groupLabels = input.groupLabels ?? settings.groupLabels
    settings.ciLabel = input.ciLabel.applied(to: settings.ciLabel)
    settings.severityLabel = input.severityLabel ?? settings.severityLabel
    if let severities = input.severities?.map(\.severity) {
      // What it means already by a value, it may go on meaning.
      let kept = old?.severities ?? []
      try await requireRatings(
        severities.enumerated().map { index, told -> (impact: Int64?, urgency: Int64?, path: String) in
          let was = kept.first { $0.value == told.value }
          return (
            was?.impact == told.impact ? nil : told.impact, was?.urgency == told.urgency ? nil : told.urgency, "severities[\(index)]."
          )
        })
      settings.severities = severities
    }
    settings.resolves = input.resolves ?? settings.resolves
    settings.flapMinutes = input.flapMinutes ?? settings.flapMinutes
    settings.stormLimit = input.stormLimit ?? settings.stormLimit
    let named = Set(settings.rules.map { [$0.label, $0.value] })
    guard named.count == settings.rules.count else { throw Failure.invalid("rules", EventsMessages.ruleTwice) }
    guard settings.customer == nil || settings.rules.isEmpty else { throw Failure.invalid("rules", EventsMessages.oneCustomer) }
    return settings
  }
}

package enum CreateEventSource: Operation {
  package struct Input: OperationInput {
    let name: String
    let isSigning: Bool
    let settings: SourceSettingsInput

    private static let proof = Field.oneOf(
      "proof", ["bearer", "signature"],
      "bearer: a secret sent along, as Alertmanager does (default); signature: each delivery is signed, by Standard Webhooks.",
      "bearer：随请求发送令牌，适用于 Alertmanager（默认）；signature：按 Standard Webhooks 对每次投递签名。"
    ).optional
    package static let fields: [any InputField] = [SourceFields.name, proof] + SourceSettingsInput.fields

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[SourceFields.name]
      isSigning = try values[Self.proof] == "signature"
      settings = try SourceSettingsInput(values)
    }
  }

  package static let declaration = Declaration(
    "event_source.create", "Add a source of events from monitoring; its secret is shown once.", zh: "新增监控事态来源；其凭证仅显示一次。",
    permission: EventRights.manage, roles: EventRights.keepers, scopes: EventRights.forAll, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SourceSecret {
    let settings = try await context.settings(input.settings, over: nil)
    let (account, bits) = try await context.addSender(input.name)
    let id = context.id(.eventSource, bits)
    context.subject(id)
    let inserted = try await context.transaction.first(
      InsertSource(
        provider: context.provider.id, publicId: bits, account: account, name: input.name, isSigning: input.isSigning, settings: settings, now: context.now))
    guard let source = inserted else { throw Failure(.internal, OperationMessages.internalFault, debug: "insert gave no row") }
    context.transaction.enqueue(AppendRules(provider: context.provider.id, source: source, rules: settings.rules))
    let secret = context.addSenderSecret(of: account, named: input.name, isSigning: input.isSigning)
    context.showsOnce("secret")
    return SourceSecret(id: id, version: 1, secret: secret)
  }
}

package enum ReadEventSource: Operation {
  package typealias Input = SourceReference

  package static let declaration = Declaration(
    "event_source.read", "Read a source of events.", zh: "查看事态来源。", roles: EventRights.sorters, scopes: EventRights.forAll, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> EventSourceRecord {
    try await context.eventSourceRecord(input.id)
  }
}

package enum ListEventSources: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "event_source.list", "List the sources of events.", zh: "列出事态来源。", permission: "event_source.read", roles: EventRights.sorters,
    scopes: EventRights.forAll, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<EventSourceRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(SourcesPage(provider: context.provider.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    let rules = Dictionary(
      grouping: try await context.transaction.query(RulesOfSources(provider: context.provider.id, sources: rows.map(\.id))), by: \.source)
    return context.listing(rows, limit: limit, key: { PageCursor([.integer($0.id)]) }) { EventSourceRecord($0, rules[$0.id] ?? [], in: context) }
  }
}

package enum ChangeEventSource: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: String?
    let settings: SourceSettingsInput

    package static let fields: [any InputField] = [SourceFields.id, SourceFields.name.optional] + SourceSettingsInput.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[SourceFields.id]
      name = try values[SourceFields.name.optional]
      settings = try SourceSettingsInput(values)
    }
  }

  package static let declaration = Declaration(
    "event_source.change", "Change whose a source's events are, and how they become incidents: of what comes from now on.",
    zh: "修改来源的事态归属及其转为事件的方式；对此后到达的事态生效。", permission: EventRights.manage, roles: EventRights.keepers, scopes: EventRights.forAll,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> EventSourceRecord {
    let row = try await context.eventSource(input.id)
    try context.requireVersion(row.version)
    guard row.isActive else { throw Failure(.conflict, EventsMessages.retired) }
    context.subject(input.id)
    var old = row.settings
    old.rules = try await context.transaction.query(RulesOfSources(provider: context.provider.id, sources: [row.id])).map(\.rule)
    let settings = try await context.settings(input.settings, over: old)
    guard settings != old || (input.name ?? row.name) != row.name else { throw Failure.invalid("", EventsMessages.nothingToChange) }
    let update = UpdateSource(
      provider: context.provider.id, source: row.id, version: row.version, name: input.name ?? row.name, settings: settings)
    guard try await context.transaction.first(update) != nil else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(row.version), "current": "?"])
    }
    if settings.rules != old.rules {
      context.transaction.enqueue(DeleteRules(provider: context.provider.id, source: row.id))
      context.transaction.enqueue(AppendRules(provider: context.provider.id, source: row.id, rules: settings.rules))
    }
    return try await context.eventSourceRecord(input.id)
  }
}

package enum RotateSourceSecret: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let overlapHours: Int64

    private static let overlap = Field.integer(
      "overlapHours", 0...168, "How long the old secret is good besides (default 24; 0: it is not any more).", "旧凭证继续有效的小时数（默认 24；0 表示立即失效）。"
    ).optional
    package static let fields: [any InputField] = [SourceFields.id, overlap]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[SourceFields.id]
      overlapHours = try values[Self.overlap] ?? 24
    }
  }

  package static let declaration = Declaration(
    "event_source.rotate_secret", "Give a source a new secret, shown once; the old one is good for some hours more.",
    zh: "为来源更换凭证，仅显示一次；旧凭证在若干小时内仍有效。", permission: EventRights.manage, roles: EventRights.keepers, scopes: EventRights.forAll,
    reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SourceSecret {
    let row = try await context.eventSource(input.id)
    guard row.isActive else { throw Failure(.conflict, EventsMessages.retired) }
    context.subject(input.id)
    context.endSenderSecrets(of: row.account, at: context.now.adding(seconds: input.overlapHours * 3600))
    let secret = context.addSenderSecret(of: row.account, named: row.name, isSigning: row.isSigning)
    context.showsOnce("secret")
    return SourceSecret(id: input.id, version: row.version, secret: secret)
  }
}

package enum RetireEventSource: Operation {
  package typealias Input = SourceReference

  package static let declaration = Declaration(
    "event_source.retire", "Take nothing from a source any more; what it delivered is still settled.", zh: "停用来源：不再接收其投递，已投递的仍会处理。",
    permission: EventRights.manage, roles: EventRights.keepers, scopes: EventRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> EventSourceRecord {
    let row = try await context.eventSource(input.id)
    try context.requireVersion(row.version)
    guard row.isActive else { throw Failure(.conflict, EventsMessages.retired) }
    context.subject(input.id)
    let retire = RetireSource(provider: context.provider.id, source: row.id, version: row.version)
    guard try await context.transaction.first(retire) != nil else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(row.version), "current": "?"])
    }
    context.retireSender(row.account)
    return try await context.eventSourceRecord(input.id)
  }
}
