import Kernel
import Operations

/// Takes what a source tells: the body of Alertmanager's webhook, version 4, as it is. It is kept, and settled afterwards
/// (``EventSweep``); the answer comes when it is on disk.
package enum DeliverEvents: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let alerts: [Value]
    let groupKey: String
    let truncated: Int64

    private static let alert = Field.document("alert", "An alert.", "一项告警。")
    private static let alertsField = Field.list(
      "alerts", of: alert, count: 0...20_000,
      "Alerts, each with status (firing or resolved), labels, annotations, startsAt, endsAt, generatorURL and fingerprint, all of which may be missing.",
      "告警列表；每项含 status（firing 或 resolved）、labels、annotations、startsAt、endsAt、generatorURL、fingerprint，均可省略。"
    ).keptElsewhere
    private static let groupKeyField = Field.longText("groupKey", 0...100_000, "What the sender groups by.", "发送方的分组键。").keptElsewhere.optional
    private static let truncatedField = Field.integer("truncatedAlerts", 0...Int64.max, "How many alerts the sender left out.", "发送方省略的告警数。").optional

    package static let fields: [any InputField] = [SourceFields.id, alertsField, groupKeyField, truncatedField]
    package static let isForeign = true

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[SourceFields.id]
      alerts = try values[Self.alertsField]
      groupKey = try values[Self.groupKeyField] ?? ""
      truncated = try values[Self.truncatedField] ?? 0
    }
  }

  package struct Output: OperationOutput {
    let taken: Int64
    let known: Int64
    let truncated: Int64

    package static let fields: [OutputField<Output>] = [
      OutputField("taken", .integer, "How many events are new, and kept.", "新接收并保存的事态数。") { .integer($0.taken) },
      OutputField("known", .integer, "How many were told before, word for word, and nothing else of the same thing since.", "此前已原样接收过、且同一告警此后无新消息的事态数。") {
        .integer($0.known)
      },
      OutputField("truncatedAlerts", .integer, "How many the sender says that it left out.", "发送方声明省略的告警数。") { .integer($0.truncated) },
    ]
  }

  package static let declaration = Declaration(
    "event_source.deliver", "Deliver events from monitoring, as Prometheus Alertmanager does.", zh: "投递监控事态，格式同 Prometheus Alertmanager。",
    permission: Principal.senderPermission, roles: EventRights.keepers, scopes: EventRights.forAll, reach: .provider, effect: .create, answersLater: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let source = try await context.eventSource(input.id)
    // A source that has proved itself delivers to itself alone; another one is not there.
    if context.actor.via == .webhook, context.actor.id != source.account { throw Failure.notFound }
    guard source.isActive else { throw Failure(.conflict, EventsMessages.retired) }
    context.subject(input.id)
    let groupKey = AlertReading.groupKey(input.groupKey)
    let events = input.alerts.map { AlertReading.event($0, groupKey: groupKey, now: context.now) }
    let insert = InsertReceived(
      provider: context.provider.id, source: source.id, events: events, publicIds: events.map { _ in context.random.publicIdBits() }, now: context.now)
    guard !events.isEmpty else { return Output(taken: 0, known: 0, truncated: input.truncated) }
    let revive = ReviveReceived(provider: context.provider.id, source: source.id, digests: events.map(\.digest), now: context.now)
    let (revived, inserted) = try await context.transaction.query(revive, insert)
    let taken = Int64(revived.count + inserted.count)
    return Output(taken: taken, known: Int64(events.count) - taken, truncated: input.truncated)
  }
}
