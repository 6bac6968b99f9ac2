import Kernel
import Operations

/// The queues of which filters are saved.
package enum FilteredQueue: String, Sendable, CaseIterable {
  /// The incidents'.
  case incident
  /// The one over all processes.
  case work

  /// By which operation it is shown.
  var operation: String { "\(rawValue).queue" }

  var criteria: any SavedCriteria.Type {
    switch self {
    case .incident: QueueCriteria.self
    case .work: WorkCriteria.self
    }
  }
}

/// What a queue is asked for, which a filter keeps.
package protocol SavedCriteria: OperationInput {
  static var queue: FilteredQueue { get }
  /// Nil: all that the caller serves.
  var customers: [PublicId]? { get set }
  /// What is asked for, as it is stored and told: what is not asked for is left out.
  var value: Value { get }

  /// Refuses what names something that is not there, by its path in `queue_filter.save`.
  func requireKnown(in context: OperationContext) async throws
}

extension SavedCriteria {
  /// Whether nothing is asked for, but of which customers.
  var isOfCustomersOnly: Bool {
    var others = self
    others.customers = nil
    return others.value == .object([])
  }

  /// The same, of those customers only that both name; nil: of all.
  func narrowed(to named: [PublicId]?) -> Self {
    guard let named else { return self }
    var narrow = self
    narrow.customers = customers.map { own in named.filter { own.contains($0) } } ?? named
    return narrow
  }
}

/// Criteria of one of the queues, before it is known of which.
struct GivenCriteria: OperationInput {
  private let incident: QueueCriteria
  private let work: WorkCriteria

  /// What both take is told as the queue of incidents takes it; what it means of the other one that one tells.
  static let fields: [any InputField] = {
    let shared = Set(QueueCriteria.fields.map(\.name))
    return QueueCriteria.fields + WorkCriteria.fields.filter { !shared.contains($0.name) }
  }()

  init(_ values: InputValues) throws(FieldError) {
    incident = try QueueCriteria(values)
    work = try WorkCriteria(values)
  }

  /// - Parameter path: of the criteria, for what the queue does not take.
  func criteria(of queue: FilteredQueue, at path: String) throws(FieldError) -> any SavedCriteria {
    let own: any SavedCriteria
    let other: any SavedCriteria
    switch queue {
    case .incident:
      own = incident
      other = work
    case .work:
      own = work
      other = incident
    }
    let taken = queue.criteria.fields.map(\.name)
    for member in other.value.members ?? [] where !taken.contains(member.name) {
      throw FieldError(
        "\(path).\(member.name)", QueueFilterMessages.notOfThisQueue, ["queue": queue.operation, "allowed": taken.joined(separator: ", ")])
    }
    return own
  }
}

/// Criteria as they are told, of whichever queue.
struct QueueCriteriaSheet: OperationOutput {
  /// As they are stored.
  private let told: Value

  init(_ criteria: any SavedCriteria) { told = criteria.value }

  static let fields: [OutputField<QueueCriteriaSheet>] = [
    OutputField("processes", .list(.text), "Of the queue over all processes: only these.", "综合队列：仅限这些流程。") { $0["processes"] },
    OutputField("team", .id, "Only those of this team.", "仅限此团队。") { $0["team"] },
    OutputField("assignee", .id, "Only those assigned to this member of the staff.", "仅限分派给此人员的工单。") { $0["assignee"] },
    OutputField(
      "mine", .boolean, "Only those assigned to the caller; of the queue over all processes what he took and answers for.",
      "仅限分派给本人的工单；综合队列则为本人认领并负责的事项。"
    ) { $0.isAsked("mine") },
    OutputField("myTeams", .boolean, "Only those of the caller's teams.", "仅限本人所属团队的工单。") { $0.isAsked("myTeams") },
    OutputField("unassigned", .boolean, "Only those assigned to nobody.", "仅限未分派给个人的工单。") { $0.isAsked("unassigned") },
    OutputField("owner", .id, "Only those that this member of the staff answers for.", "仅限由此人员负责的工单。") { $0["owner"] },
    OutputField("unowned", .boolean, "Only those that nobody answers for.", "仅限尚无负责人的工单。") { $0.isAsked("unowned") },
    OutputField("offered", .boolean, "Only those that are offered to the caller, a team of his or one without members.", "仅限移交给本人、本人所属团队或没有成员的团队的工单。") {
      $0.isAsked("offered")
    },
    OutputField("priority", .integer, "Only this priority.", "仅限此优先级。") { $0["priority"] },
    OutputField("attribute", .text, "Only those that hold this value of a custom attribute.", "仅限自定义属性取此值的工单。") { $0["attribute"] },
    OutputField("order", .text, "due or team_due.", "due 或 team_due。") { $0.told["order"] ?? "due" },
    OutputField("customers", .list(.id), "Only those of these customers.", "仅限这些客户的工单。") { $0["customers"] },
    OutputField("state", .text, "Only those in this state.", "仅限此状态。") { $0["state"] },
    OutputField("category", .text, "Only those of this category or one below it.", "仅限此分类及其下级。") { $0["category"] },
    OutputField("nature", .text, "Only those of this nature.", "仅限此性质。") { $0["nature"] },
    OutputField("affectedService", .text, "Only those that affect this service.", "仅限影响此服务的工单。") { $0["affectedService"] },
    OutputField("breached", .boolean, "Only those whose next due time has passed, or has not.", "仅限已超期或未超期的工单。") { $0["breached"] },
    OutputField("overdue", .boolean, "Of the queue over all processes the same.", "综合队列：仅限已超期或未超期的事项。") { $0["overdue"] },
    OutputField("dueBefore", .instant, "Only those that are due before this.", "仅限在此时间之前到期的工单。") { $0["dueBefore"] },
    OutputField("dueWithinMinutes", .integer, "Only those that are due within so many minutes.", "仅限在此分钟数内到期的工单。") { $0["dueWithinMinutes"] },
  ]

  private subscript(_ name: String) -> Value { told[name] ?? .null }

  private func isAsked(_ name: String) -> Value { .bool(told[name] != nil) }
}
