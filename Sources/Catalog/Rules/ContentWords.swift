import Documents
import Kernel
import Operations

/// Differences between versions of an offering, in the words of a language.
struct ContentWords: Sendable {
  let language: Language

  init(_ language: Language) { self.language = language }

  func sentence(_ change: ContentDifference.Change) -> String {
    switch change.subject {
    case .part(let label): sentence(label.text(language), change)
    case .item(let list, let name):
      (change.before == nil ? VersionWords.added(list) : VersionWords.removed(list)).text(language, ["name": text(name)])
    case .attribute(let label, let list, let name):
      VersionWords.item(list).text(language, ["name": text(name)]) + (language == .chinese ? "：" : ": ") + sentence(lowered(label.text(language)), change)
    case .order(let list): VersionWords.reordered(list).text(language)
    }
  }

  private func sentence(_ what: String, _ change: ContentDifference.Change) -> String {
    switch (change.before, change.after) {
    case (let before?, let after?):
      let excerpts = TextExcerpts(text(before), text(after))
      let (from, to) = (excerpts.before, excerpts.after)
      guard from != to else {
        // Of a text in two languages only the other one was touched, or of this one nothing that a sentence shows.
        let message = unfolded(before) == unfolded(after) ? VersionWords.otherWording : VersionWords.otherSpacing
        return message.text(language, ["what": what])
      }
      return VersionWords.becomes.text(language, ["what": what, "before": from, "after": to])
    case (nil, let after?): return VersionWords.isNew.text(language, ["what": what, "after": TextExcerpts.of(text(after))])
    case (let before?, nil): return VersionWords.isGone.text(language, ["what": what, "before": TextExcerpts.of(text(before))])
    case (nil, nil): return what
    }
  }

  func text(_ term: ContentTerm) -> String {
    switch term {
    case .local(let local): quoted(local.text(language) ?? "")
    case .word(let message): message.text(language)
    case .text(let text): text
    case .duration(let seconds): duration(seconds)
    case .businessDays(let days): ManualWords.businessDays.text(language, ["count": String(days)])
    case .metric(let metric, let priority): ManualWords.metric(metric, language) + (priority.map { " P\($0)" } ?? "")
    case .list(let terms): terms.map(text).joined(separator: language == .chinese ? "、" : ", ")
    }
  }

  /// `4 h`, `1 h 30 min`, `0 min`.
  func duration(_ seconds: Int64) -> String {
    let units: [(Int64, Message)] = [(seconds / 3600, ManualWords.hours), (seconds / 60 % 60, ManualWords.minutes), (seconds % 60, ManualWords.seconds)]
    let parts = units.filter { $0.0 > 0 || (seconds == 0 && $0.1 == ManualWords.minutes) }
    return parts.map { count, unit in unit.text(language, ["count": String(count)]) }.joined(separator: language == .chinese ? "" : " ")
  }

  /// On one line.
  private func quoted(_ text: String) -> String {
    "“\(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))”"
  }

  /// With its line breaks.
  private func unfolded(_ term: ContentTerm) -> [String] {
    switch term {
    case .local(let local): [local.text(language) ?? ""]
    case .list(let terms): terms.flatMap(unfolded)
    case .word, .text, .duration, .businessDays, .metric: [text(term)]
    }
  }

  /// The first letter of words of ours: they stand within a sentence.
  private func lowered(_ text: String) -> String { language == .english ? text.prefix(1).lowercased() + text.dropFirst() : text }
}

extension ContentTerm {
  /// For programs: a text in its languages as it is, everything else in English words.
  var value: Value {
    switch self {
    case .local(let text): text.value ?? .null
    case .list(let terms): .array(terms.map(\.value))
    case .word, .text, .duration, .businessDays, .metric: .text(ContentWords(.english).text(self))
    }
  }
}

/// The words in which versions of an offering are compared.
package enum VersionWords: MessageCatalog {
  static let becomes = Message("offering_version.becomes", "{what} from {before} to {after}", zh: "{what}由{before}改为{after}")
  static let isNew = Message("offering_version.is_new", "{what} now {after}", zh: "{what}新增{after}")
  static let isGone = Message("offering_version.is_gone", "{what} {before} no longer", zh: "不再有{what}{before}")
  static let otherWording = Message("offering_version.other_wording", "{what}: another wording in Chinese", zh: "{what}：英文措辞有改动")
  static let otherSpacing = Message("offering_version.other_spacing", "{what}: other line breaks or spaces", zh: "{what}：换行或空格有改动")

  static let target = Message("offering_version.target", "service level {name}", zh: "服务级别{name}")
  static let measure = Message("offering_version.measure", "measure {name}", zh: "质量指标{name}")
  static let price = Message("offering_version.price", "price {name}", zh: "价格{name}")
  static let field = Message("offering_version.field", "field {name}", zh: "字段{name}")
  static let task = Message("offering_version.task", "task {name}", zh: "任务{name}")

  static let targetAdded = Message("offering_version.target_added", "service level {name} added", zh: "新增服务级别{name}")
  static let measureAdded = Message("offering_version.measure_added", "measure {name} added", zh: "新增质量指标{name}")
  static let priceAdded = Message("offering_version.price_added", "price {name} added", zh: "新增价格{name}")
  static let fieldAdded = Message("offering_version.field_added", "field {name} added to the order form", zh: "申请表单新增字段{name}")
  static let taskAdded = Message("offering_version.task_added", "task {name} added", zh: "新增任务{name}")
  static let targetRemoved = Message("offering_version.target_removed", "service level {name} removed", zh: "取消服务级别{name}")
  static let measureRemoved = Message("offering_version.measure_removed", "measure {name} removed", zh: "取消质量指标{name}")
  static let priceRemoved = Message("offering_version.price_removed", "price {name} removed", zh: "取消价格{name}")
  static let fieldRemoved = Message("offering_version.field_removed", "field {name} removed from the order form", zh: "申请表单删除字段{name}")
  static let taskRemoved = Message("offering_version.task_removed", "task {name} removed", zh: "取消任务{name}")
  static let targetsOrder = Message("offering_version.targets_order", "service levels in another order", zh: "服务级别顺序有变")
  static let measuresOrder = Message("offering_version.measures_order", "measures in another order", zh: "质量指标顺序有变")
  static let pricesOrder = Message("offering_version.prices_order", "prices in another order", zh: "价格顺序有变")
  static let fieldsOrder = Message("offering_version.fields_order", "fields of the order form in another order", zh: "申请表单字段顺序有变")
  static let tasksOrder = Message("offering_version.tasks_order", "tasks in another order", zh: "任务顺序有变")

  static let name = Message("offering_version.name", "Name", zh: "名称")
  static let help = Message("offering_version.help", "Help", zh: "填写说明")
  static let least = Message("offering_version.least", "Least", zh: "下限")
  static let most = Message("offering_version.most", "Most", zh: "上限")
  static let choices = Message("offering_version.choices", "Choices", zh: "选项")
  static let values = Message("offering_version.values", "Values of the choices", zh: "选项的存储值")
  static let shownWhen = Message("offering_version.shown_when", "Asked when", zh: "显示条件")
  static let step = Message("offering_version.step", "Step", zh: "步骤")
  static let team = Message("offering_version.team", "Team", zh: "团队")
  static let roles = Message("offering_version.roles", "Roles that approve", zh: "审批角色")
  static let above = Message("offering_version.above", "Approval above", zh: "需审批的金额下限")
  static let holders = Message("offering_version.holders", "Who decides for them", zh: "实际审批人")
  static let ownRequests = Message("offering_version.own_requests", "Approval of one's own requests", zh: "可审批本人请求")
  static let hours = Message("offering_version.approval_hours", "Hours for an approval", zh: "审批时限（小时）")
  static let late = Message("offering_version.approval_late", "When nobody approves in time", zh: "审批逾期的处理")
  static let access = Message("offering_version.access", "Access", zh: "访问权限")
  static let impact = Message("offering_version.impact", "Impact of an order", zh: "申请的影响")
  static let urgency = Message("offering_version.urgency", "Urgency of an order", zh: "申请的紧急度")
  static let quantity = Message("offering_version.quantity", "Counted by", zh: "数量字段")
  static let noApproval = Message("offering_version.approval_none", "none", zh: "无需审批")
  static let either = Message("offering_version.approval_any", "any of the roles", zh: "任一角色")
  static let every = Message("offering_version.approval_all", "all roles", zh: "所有角色")
  static let sequence = Message("offering_version.approval_sequence", "the roles one after the other", zh: "各角色依次")

  static func word(_ rule: ApprovalRule.Kind) -> Message {
    switch rule {
    case .none: noApproval
    case .any: either
    case .all: every
    case .sequence: sequence
    }
  }

  static func item(_ list: ContentList) -> Message { words(list).item }
  static func added(_ list: ContentList) -> Message { words(list).added }
  static func removed(_ list: ContentList) -> Message { words(list).removed }
  static func reordered(_ list: ContentList) -> Message { words(list).reordered }

  private static func words(_ list: ContentList) -> (item: Message, added: Message, removed: Message, reordered: Message) {
    switch list {
    case .targets: (target, targetAdded, targetRemoved, targetsOrder)
    case .measures: (measure, measureAdded, measureRemoved, measuresOrder)
    case .prices: (price, priceAdded, priceRemoved, pricesOrder)
    case .form: (field, fieldAdded, fieldRemoved, fieldsOrder)
    case .tasks: (task, taskAdded, taskRemoved, tasksOrder)
    }
  }

  package static let all = [
    becomes, isNew, isGone, otherWording, otherSpacing, target, measure, price, field, task, targetAdded, measureAdded, priceAdded, fieldAdded, taskAdded,
    targetRemoved, measureRemoved, priceRemoved, fieldRemoved, taskRemoved, targetsOrder, measuresOrder, pricesOrder, fieldsOrder, tasksOrder, name, help,
    least, most, choices, values, shownWhen, step, team, roles, above, noApproval, either, every, sequence,
    holders, ownRequests, hours, late, access, impact, urgency, quantity,
  ]
}
