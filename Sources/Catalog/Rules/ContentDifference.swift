import Kernel
import Operations

/// What differs between two contents of an offering. Items of lists are known by what names them (a price's name, a field's key): one
/// that is called otherwise is another one.
struct ContentDifference: Sendable {
  struct Change: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
      /// A part that there is once: the name, the price model.
      case part(Message)
      /// An item that came or went.
      case item(ContentList, ContentTerm)
      case attribute(Message, of: ContentList, ContentTerm)
      /// The same items in another order.
      case order(ContentList)
    }

    /// `priceModel`, `prices.Operation.amount`, `form.users`.
    let field: String
    let subject: Subject
    /// Nil: it was not said before.
    let before: ContentTerm?
    /// Nil: it is not said any more.
    let after: ContentTerm?
  }

  private(set) var changes: [Change] = []

  init(from before: OfferingContent, to after: OfferingContent) {
    part("name", VersionWords.name, .local(before.name), .local(after.name))
    for part in DescriptionPart.allCases {
      self.part(part.rawValue, ManualWords.word(part), before.texts[part].map { .local($0) }, after.texts[part].map { .local($0) })
    }
    list(.targets, before.targets, after.targets, Self.item)
    list(.measures, before.measures, after.measures, Self.item)
    list(.prices, before.prices, after.prices, Self.item)
    list(.form, before.form, after.form, Self.item)
    approval(before.approval, after.approval)
    access(before.access, after.access)
    list(.tasks, before.tasks, after.tasks, Self.item)
    part("impact", VersionWords.impact, Self.number(before.impact), Self.number(after.impact))
    part("urgency", VersionWords.urgency, Self.number(before.urgency), Self.number(after.urgency))
  }

  /// An item of a list, as it is compared.
  private struct Item {
    let key: String
    let name: ContentTerm
    let attributes: [(field: String, label: Message, term: ContentTerm?)]
  }

  // MARK: Items

  private static func item(_ target: OfferingTarget) -> Item {
    let days: ContentTerm? = target.businessDays.map { .businessDays($0) }
    let seconds: ContentTerm? = target.budgetSeconds.map { .duration($0) }
    let objective: ContentTerm? = target.objective.map { .text("\($0.percent) %") }
    let note: ContentTerm? = target.note.map { .local($0) }
    let priority = target.priority.map { ".P\($0)" } ?? ""
    return Item(
      key: target.metric + priority, name: .metric(target.metric, priority: target.priority),
      attributes: [("budget", ManualWords.target, days ?? seconds), ("objective", ManualWords.objective, objective), ("note", ManualWords.note, note)])
  }

  private static func item(_ measure: QualityMeasure) -> Item {
    Item(key: key(measure.name), name: .local(measure.name), attributes: [("target", ManualWords.target, .local(measure.target))])
  }

  private static func item(_ price: OfferingPrice) -> Item {
    let unit: ContentTerm? = price.unit.map { .local($0) }
    let amount = ContentTerm.text("\(price.amount.currency.code) \(price.amount.amount)")
    return Item(
      key: key(price.name), name: .local(price.name),
      attributes: [
        ("amount", ManualWords.amount, amount), ("per", ManualWords.per, .word(ManualWords.word(price.per))), ("unit", ManualWords.unit, unit),
        ("quantity", VersionWords.quantity, price.quantity.map { .text($0) }),
      ])
  }

  private static func item(_ field: FormField) -> Item {
    let help: ContentTerm? = field.help.map { .local($0) }
    let choices: ContentTerm? = field.choices.isEmpty ? nil : .list(field.choices.map { .local($0.name) })
    let values: ContentTerm? = field.choices.isEmpty ? nil : .list(field.choices.map { .text($0.value) })
    let condition: ContentTerm? = field.shownWhen.map { .text("\($0.field) = \($0.equals)") }
    return Item(
      key: field.key, name: .local(field.label),
      attributes: [
        ("label", ManualWords.field, .local(field.label)), ("help", VersionWords.help, help),
        ("type", ManualWords.kind, .word(ManualWords.word(field.type))),
        ("required", ManualWords.required, .word(field.required ? ManualWords.yes : ManualWords.no)),
        ("least", VersionWords.least, number(field.least)), ("most", VersionWords.most, number(field.most)), ("choices", VersionWords.choices, choices),
        ("values", VersionWords.values, values), ("shownWhen", VersionWords.shownWhen, condition),
      ])
  }

  private static func item(_ task: FulfilmentTask) -> Item {
    Item(
      key: key(task.name), name: .local(task.name),
      attributes: [
        ("step", VersionWords.step, .text(String(task.step))), ("team", VersionWords.team, .text(task.team)),
        ("access", VersionWords.access, task.access ? .word(ManualWords.yes) : nil),
      ])
  }

  private static func number(_ number: Int64?) -> ContentTerm? { number.map { .text(String($0)) } }

  private static func key(_ name: LocalText) -> String { name.text(.english) ?? "" }

  // MARK: Comparing

  private mutating func part(_ field: String, _ label: Message, _ before: ContentTerm?, _ after: ContentTerm?) {
    if before != after { changes.append(Change(field: field, subject: .part(label), before: before, after: after)) }
  }

  private mutating func approval(_ before: ApprovalRule, _ after: ApprovalRule) {
    func kind(_ rule: ApprovalRule) -> ContentTerm { .word(VersionWords.word(rule.kind)) }
    func roles(_ rule: ApprovalRule) -> ContentTerm? { rule.approvers.isEmpty ? nil : .list(rule.approvers.map { .local($0.name) }) }
    func holders(_ rule: ApprovalRule) -> ContentTerm? {
      // What only names roles is for the customer's managers, which goes without saying.
      guard rule.roles.isEmpty, !rule.approvers.isEmpty else { return nil }
      return .list(
        rule.approvers.map { approver -> ContentTerm in
          let limit = approver.above.map { " > \($0.currency.code) \($0.amount)" } ?? ""
          return .text("\(approver.holder)\(limit)")
        })
    }
    func above(_ rule: ApprovalRule) -> ContentTerm? { rule.above.map { .text("\($0.currency.code) \($0.amount)") } }
    func own(_ rule: ApprovalRule) -> ContentTerm? { rule.ownRequests ? .word(ManualWords.yes) : nil }
    func late(_ rule: ApprovalRule) -> ContentTerm? { rule.late.map { .text("\($0)") } }
    part("approval.rule", ManualWords.approval, kind(before), kind(after))
    part("approval.roles", VersionWords.roles, roles(before), roles(after))
    part("approval.approvers", VersionWords.holders, holders(before), holders(after))
    part("approval.above", VersionWords.above, above(before), above(after))
    part("approval.ownRequests", VersionWords.ownRequests, own(before), own(after))
    part("approval.hours", VersionWords.hours, Self.number(before.hours), Self.number(after.hours))
    part("approval.late", VersionWords.late, late(before), late(after))
  }

  private mutating func access(_ before: AccessRule?, _ after: AccessRule?) {
    func words(_ rule: AccessRule?) -> ContentTerm? {
      rule.map { rule -> ContentTerm in
        let keys = rule.keys.compactMap { name, key, _ in key.map { "\(name)=\($0)" } }
        return .text(([rule.action.rawValue] + [rule.resource].compactMap(\.self) + keys).joined(separator: " "))
      }
    }
    part("access", VersionWords.access, words(before), words(after))
  }

  private mutating func list<Element>(_ list: ContentList, _ before: [Element], _ after: [Element], _ item: (Element) -> Item) {
    let (before, after) = (Self.keyed(before.map(item)), Self.keyed(after.map(item)))
    let (old, new) = (Dictionary(before) { first, _ in first }, Dictionary(after) { first, _ in first })
    for (key, item) in before where new[key] == nil {
      changes.append(Change(field: "\(list.rawValue).\(key)", subject: .item(list, item.name), before: item.name, after: nil))
    }
    for (key, item) in after {
      guard let was = old[key] else {
        changes.append(Change(field: "\(list.rawValue).\(key)", subject: .item(list, item.name), before: nil, after: item.name))
        continue
      }
      for (earlier, later) in zip(was.attributes, item.attributes) where earlier.term != later.term {
        changes.append(
          Change(
            field: "\(list.rawValue).\(key).\(later.field)", subject: .attribute(later.label, of: list, was.name), before: earlier.term, after: later.term))
      }
    }
    let (kept, keptNow) = (before.filter { new[$0.0] != nil }, after.filter { old[$0.0] != nil })
    if kept.map(\.0) != keptNow.map(\.0) {
      changes.append(
        Change(field: "\(list.rawValue).order", subject: .order(list), before: .list(kept.map(\.1.name)), after: .list(keptNow.map(\.1.name))))
    }
  }

  /// An item by what names it, and by its place among those that are named the same.
  private struct Key: Hashable, CustomStringConvertible {
    let name: String
    let number: Int

    var description: String { number == 1 ? name : "\(name)#\(number)" }
  }

  private static func keyed(_ items: [Item]) -> [(Key, Item)] {
    var counts: [String: Int] = [:]
    return items.map { item in
      counts[item.key, default: 0] += 1
      return (Key(name: item.key, number: counts[item.key] ?? 1), item)
    }
  }
}

/// The lists of a content.
enum ContentList: String, Hashable, Sendable { case targets, measures, prices, form, tasks }

/// A value of a content, before it is put into words.
enum ContentTerm: Hashable, Sendable {
  case local(LocalText)
  case word(Message)
  case text(String)
  /// Seconds of service time.
  case duration(Int64)
  case businessDays(Int64)
  case metric(String, priority: Int64?)
  case list([ContentTerm])
}
