import Kernel
import Operations

/// What is said of an event in a language.
package struct TemplateRecord: OperationOutput {
  let event: NotificationEvent
  let language: Language
  let audience: Side?
  let text: NotificationText
  let isStock: Bool
  let version: Int64

  /// One for all audiences: words for both stand where one of them has none of its own.
  static func setting(_ event: NotificationEvent, _ language: Language) -> String { "notification_template/\(event.rawValue)/\(language.rawValue)" }

  package static let fields: [OutputField<TemplateRecord>] = [
    OutputField("event", .text, "What it is about.", "通知事项。") { .text($0.event.rawValue) },
    OutputField("language", .text, "en or zh-Hans.", "语言：en 或 zh-Hans。") { .text($0.language.rawValue) },
    OutputField(
      "audience", .text, "customer: what a customer's people read; staff: what the staff read; null: what all read.",
      "customer：客户人员所读；staff：服务商人员所读；null：所有人所读。"
    ) { .text($0.audience?.rawValue) },
    OutputField("subject", .text, "The subject, with fields in braces.", "标题，字段写在花括号内。") { .text($0.text.subject) },
    OutputField("body", .text, "The body, with fields in braces.", "正文，字段写在花括号内。") { .text($0.text.body) },
    OutputField("stock", .boolean, "Whether these are the words that came with Steward.", "是否为内置模板。") { .bool($0.isStock) },
    OutputField(
      "version", .integer, "For If-Match; it rises when words of this event and language are set or taken back.", "用于 If-Match 的版本号，该事项该语言的模板每次设置或恢复时递增。"
    ) {
      .integer($0.version)
    },
    OutputField("fields", .list(.text), "The fields that it may name.", "可用字段。") { .array(NotificationText.fields(of: $0.event).map { .text($0) }) },
  ]
}

enum TemplateFields {
  static let event = Field.oneOf("event", NotificationEvent.allCases.map(\.rawValue), "What it is about.", "通知事项。")
  static let language = Field.language("en or zh-Hans.", "语言：en 或 zh-Hans。")
  static let audience = Field.oneOf(
    "audience", ["customer", "staff"], "For whom: customer (a customer's people) or staff (default: both).", "面向：customer（客户人员）或 staff（服务商人员）（默认两者）。"
  ).optional

  /// Nil: for both, as everything is that only staff are told.
  static func side(_ values: InputValues, of event: NotificationEvent) throws(FieldError) -> Side? {
    let side = try values[audience].flatMap(Side.init(rawValue:))
    guard !event.isForCustomers else { return side }
    guard side != .customer else { throw FieldError("audience", NotificationMessages.notForCustomers, ["event": event.rawValue]) }
    return nil
  }
}

package enum ListTemplates: Operation {
  package typealias Input = NoInput

  package static let declaration = Declaration(
    "notification_template.list", "List what is said of each event in each language, and the fields that may be named.", zh: "列出各通知事项的双语模板及可用字段。",
    permission: "notification_rule.read", roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TemplateRecord> {
    let own = try await context.transaction.query(AllTemplates(provider: context.provider.id))
    let settings = NotificationEvent.allCases.flatMap { event in Language.allCases.map { TemplateRecord.setting(event, $0) } }
    let versions = try await context.settingVersions(settings)
    let records = NotificationEvent.allCases.flatMap { event in
      Language.allCases.flatMap { language in
        let audiences: [Side?] = event.isForCustomers ? [.customer, .staff] : [nil]
        return audiences.map { audience in
          let ofEvent = own.filter { $0.event == event && $0.language == language }
          let found = ofEvent.first { $0.audience == audience } ?? ofEvent.first { $0.audience == nil }
          return TemplateRecord(
            event: event, language: language, audience: audience, text: found?.text ?? NotificationText.stock(event, language, for: audience ?? .staff),
            isStock: found == nil, version: versions[TemplateRecord.setting(event, language)] ?? 1)
        }
      }
    }
    return Listing(items: records, next: nil)
  }
}

package enum SetTemplateText: Operation {
  package struct Input: OperationInput {
    let event: NotificationEvent
    let language: Language
    let audience: Side?
    let text: NotificationText

    private static let subject = Field.text(
      "subject", 1...NotificationText.mostSubject, "The subject, with fields in braces: [{number}] {title}.", "标题，字段写在花括号内，例如 [{number}] {title}。")
    private static let body = Field.longText("body", 1...NotificationText.mostBody, "The body, with fields in braces.", "正文，字段写在花括号内。")
    package static let fields: [any InputField] = [
      TemplateFields.event, TemplateFields.language, TemplateFields.audience, subject, body,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      event = try NotificationEvent(rawValue: values[TemplateFields.event]) ?? .opened
      language = try Language(rawValue: values[TemplateFields.language]) ?? .english
      audience = try TemplateFields.side(values, of: event)
      text = NotificationText(subject: try values[Self.subject], body: try values[Self.body])
      for (part, path) in [(text.subject, "subject"), (text.body, "body")] {
        guard let unknown = NotificationText.unknownFields(in: part, of: event).first else { continue }
        throw FieldError(
          path, NotificationMessages.unknownTemplateField,
          ["name": String(unknown.prefix(60)), "allowed": NotificationText.fields(of: event).joined(separator: ", ")])
      }
    }
  }

  package static let declaration = Declaration(
    "notification_template.set", "Say something of an event in words of one's own.", zh: "设置通知模板。", permission: OutboundRights.keep,
    roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TemplateRecord {
    let version = try await context.raiseSetting(TemplateRecord.setting(input.event, input.language))
    context.transaction.enqueue(
      SetTemplate(
        provider: context.provider.id, event: input.event, language: input.language, audience: input.audience, text: input.text, now: context.now))
    return TemplateRecord(event: input.event, language: input.language, audience: input.audience, text: input.text, isStock: false, version: version)
  }
}

package enum ResetTemplate: Operation {
  package struct Input: OperationInput {
    let event: NotificationEvent
    let language: Language
    let audience: Side?

    package static let fields: [any InputField] = [TemplateFields.event, TemplateFields.language, TemplateFields.audience]

    package init(_ values: InputValues) throws(FieldError) {
      event = try NotificationEvent(rawValue: values[TemplateFields.event]) ?? .opened
      language = try Language(rawValue: values[TemplateFields.language]) ?? .english
      audience = try TemplateFields.side(values, of: event)
    }
  }

  package static let declaration = Declaration(
    "notification_template.reset", "Go back to the words that came with Steward.", zh: "恢复内置模板。", permission: OutboundRights.keep,
    roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TemplateRecord {
    let version = try await context.raiseSetting(TemplateRecord.setting(input.event, input.language))
    let drop = DropTemplate(provider: context.provider.id, event: input.event, language: input.language, audience: input.audience)
    guard try await context.transaction.first(drop) != nil else { throw Failure(.conflict, NotificationMessages.noTemplate) }
    return TemplateRecord(
      event: input.event, language: input.language, audience: input.audience,
      text: NotificationText.stock(input.event, input.language, for: input.audience ?? .customer), isStock: true, version: version)
  }
}
