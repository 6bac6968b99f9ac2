import Kernel
import Operations

/// What differs between two editions of a handbook: in its words, and in what was in force. Items of lists are known by what names them (a
/// role's name, an activity's code): one that is called otherwise is another one.
struct EditionDifference: Sendable {
  struct Change: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
      /// A part that there is once: the owner.
      case part(Message)
      /// An item that came or went: a role.
      case item(Message, EditionTerm)
      case attribute(Message, of: Message, EditionTerm)
      /// The same items in another order.
      case order(Message)
    }

    /// `owner`, `roles.First line`, `roles.First line.people`, `codes.category/vpn.name`.
    let field: String
    let subject: Subject
    /// Nil: it was not said before.
    let before: EditionTerm?
    /// Nil: it is not said any more.
    let after: EditionTerm?
  }

  private(set) var changes: [Change] = []

  init(from before: (content: HandbookContent, inForce: HandbookInForce), to after: (content: HandbookContent, inForce: HandbookInForce)) {
    let (old, new) = (before.content, after.content)
    part("purpose", HandbookWords.purpose, .local(old.purpose), .local(new.purpose))
    part("owner", HandbookWords.owner, old.owner.map { .person($0) }, new.owner.map { .person($0) })
    part("manager", HandbookWords.manager, old.manager.map { .person($0) }, new.manager.map { .person($0) })
    part("reviewEveryMonths", HandbookWords.review, .months(old.reviewEveryMonths), .months(new.reviewEveryMonths))
    list("activities", HandbookWords.activity, old.activities.map(Self.item), new.activities.map(Self.item))
    list("roles", HandbookWords.role, old.roles.map(Self.item), new.roles.map(Self.item))
    list("principles", HandbookWords.principle, old.principles.map(Self.item), new.principles.map(Self.item))
    list("form", HandbookWords.field, old.form.map(Self.item), new.form.map(Self.item))
    list("kpis", HandbookWords.kpi, old.kpis.map(Self.item), new.kpis.map(Self.item))
    list("codes", HandbookWords.code, before.inForce.codes.map(Self.item), after.inForce.codes.map(Self.item))
    list("gates", HandbookWords.gate, before.inForce.gates.map(Self.item), after.inForce.gates.map(Self.item))
    // An edition from before rules were kept says nothing of them.
    if let old = before.inForce.rules, let new = after.inForce.rules {
      list("rules", RuleWords.rule, old.map(Self.item), new.map(Self.item))
    }
    list("priorities", HandbookWords.priority, before.inForce.priorities.map(Self.item), after.inForce.priorities.map(Self.item))
  }

  /// An item of a list, as it is compared.
  private struct Item {
    let key: String
    let name: EditionTerm
    let attributes: [(field: String, label: Message, term: EditionTerm?)]
  }

  // MARK: Items

  private static func item(_ activity: HandbookActivity) -> Item {
    Item(
      key: activity.code, name: .text(activity.code),
      attributes: [
        ("name", HandbookWords.name, .local(activity.name)), ("text", HandbookWords.text, activity.text.map { .local($0) }),
        ("who", HandbookWords.who, activity.who.map { .local($0) }),
      ])
  }

  private static func item(_ role: HandbookRole) -> Item {
    Item(
      key: key(role.name), name: .local(role.name),
      attributes: [
        ("name", HandbookWords.name, .local(role.name)), ("duties", HandbookWords.duties, role.duties.map { .local($0) }),
        ("people", HandbookWords.people, role.people.isEmpty ? nil : .people(role.people)),
      ])
  }

  private static func item(_ principle: HandbookPrinciple) -> Item {
    let kind = HandbookWords.kind(principle.kind)
    return Item(key: principle.kind.rawValue, name: .word(kind), attributes: [("text", HandbookWords.text, .local(principle.text))])
  }

  private static func item(_ field: HandbookFormField) -> Item {
    Item(
      key: key(field.name), name: .local(field.name),
      attributes: [
        ("name", HandbookWords.name, .local(field.name)), ("meaning", HandbookWords.meaning, field.meaning.map { .local($0) }),
        ("required", HandbookWords.required, .word(field.isRequired ? HandbookWords.yes : HandbookWords.no)),
      ])
  }

  private static func item(_ kpi: HandbookKpi) -> Item {
    Item(key: kpi.indicator.key, name: .indicator(kpi.indicator), attributes: [("target", HandbookWords.target, .target(kpi))])
  }

  private static func item(_ code: HandbookInForce.Code) -> Item {
    let name = EditionTerm.text("\(code.list)/\(code.key)")
    return Item(key: "\(code.list)/\(code.key)", name: name, attributes: [("name", HandbookWords.name, .local(code.name))])
  }

  private static func item(_ cell: HandbookInForce.Priority) -> Item {
    Item(
      key: "\(cell.impact)x\(cell.urgency)", name: .cell(impact: cell.impact, urgency: cell.urgency),
      attributes: [("priority", HandbookWords.priority, .text("P\(cell.priority)"))])
  }

  private static func item(_ gate: HandbookInForce.Gate) -> Item {
    Item(
      key: gate.id, name: .local(gate.name),
      attributes: [
        ("name", HandbookWords.name, .local(gate.name)), ("purpose", HandbookWords.purpose, .local(gate.purpose)),
        ("step", HandbookWords.step, .text(gate.step)), ("priority", HandbookWords.priority, gate.priority.map { .text("P\($0)") }),
        ("asks", HandbookWords.asks, .gate(gate.asks)),
      ])
  }

  private static func item(_ rule: RuleInForce) -> Item {
    let called: EditionTerm = rule.name.map { .text("“\($0)”") } ?? .word(RuleWords.kind(rule.kind))
    let facts = RuleInForce.Part.allCases.map { part in
      (field: part.rawValue, label: RuleWords.label(part), term: rule.facts.first { $0.part == part }?.said)
    }
    let own: [(field: String, label: Message, term: EditionTerm?)] = [("name", HandbookWords.name, called)]
    return Item(key: "\(rule.kind.rawValue)/\(rule.id)", name: called, attributes: own + facts)
  }

  private static func key(_ name: LocalText) -> String { name.english ?? name.chinese ?? "" }

  // MARK: Comparing

  private mutating func part(_ field: String, _ label: Message, _ before: EditionTerm?, _ after: EditionTerm?) {
    if before != after { changes.append(Change(field: field, subject: .part(label), before: before, after: after)) }
  }

  private mutating func list(_ list: String, _ what: Message, _ before: [Item], _ after: [Item]) {
    let old = Dictionary(before.map { ($0.key, $0) }) { first, _ in first }
    let new = Dictionary(after.map { ($0.key, $0) }) { first, _ in first }
    for item in before where new[item.key] == nil {
      changes.append(Change(field: "\(list).\(item.key)", subject: .item(what, item.name), before: item.name, after: nil))
    }
    for item in after {
      guard let was = old[item.key] else {
        changes.append(Change(field: "\(list).\(item.key)", subject: .item(what, item.name), before: nil, after: item.name))
        continue
      }
      for (earlier, later) in zip(was.attributes, item.attributes) where earlier.term != later.term {
        changes.append(
          Change(
            field: "\(list).\(item.key).\(later.field)", subject: .attribute(later.label, of: what, was.name), before: earlier.term, after: later.term))
      }
    }
    let (kept, keptNow) = (before.filter { new[$0.key] != nil }, after.filter { old[$0.key] != nil })
    if kept.map(\.key) != keptNow.map(\.key) {
      changes.append(Change(field: "\(list).order", subject: .order(what), before: .list(kept.map(\.name)), after: .list(keptNow.map(\.name))))
    }
  }
}
