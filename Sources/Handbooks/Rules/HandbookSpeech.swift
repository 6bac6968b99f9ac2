import Documents
import Kernel
import Operations
import Scorecard

/// A value of a handbook, before it is put into words.
enum EditionTerm: Hashable, Sendable {
  case local(LocalText)
  case word(Message)
  case text(String)
  case months(Int64)
  case days(Int64)
  case minutes(Int64)
  case person(PublicId)
  case people([PublicId])
  case indicator(Indicator)
  case target(HandbookKpi)
  case cell(impact: Int64, urgency: Int64)
  case gate(HandbookInForce.Gate.Asks)
  case list([EditionTerm])
}

/// Differences between editions, and what else a handbook tells of values, in the words of a language.
struct HandbookSpeech: Sendable {
  let language: Language
  let staff: StaffBook

  func sentence(_ change: EditionDifference.Change) -> String {
    switch change.subject {
    case .part(let label): return sentence(label.text(language), change)
    case .item(let what, let name):
      let message = change.before == nil ? EditionWords.added : EditionWords.removed
      return message.text(language, ["what": lowered(what.text(language)), "name": text(name)])
    case .attribute(let label, let what, let name):
      let (gap, colon) = language == .chinese ? ("", "：") : (" ", ": ")
      return lowered(what.text(language)) + gap + text(name) + colon + sentence(lowered(label.text(language)), change)
    case .order(let what): return EditionWords.reordered.text(language, ["what": lowered(what.text(language))])
    }
  }

  private func sentence(_ what: String, _ change: EditionDifference.Change) -> String {
    switch (change.before, change.after) {
    case (let before?, let after?):
      let excerpts = TextExcerpts(text(before), text(after))
      if excerpts.before == excerpts.after, case .local(let old) = before, case .local(let new) = after {
        // Of a text in two languages only the other one was touched, or of this one nothing that a sentence shows.
        return (old.text(language) == new.text(language) ? EditionWords.otherWording : EditionWords.otherSpacing).text(language, ["what": what])
      }
      return EditionWords.becomes.text(language, ["what": what, "before": excerpts.before, "after": excerpts.after])
    case (nil, let after?): return EditionWords.isNew.text(language, ["what": what, "after": TextExcerpts.of(text(after))])
    case (let before?, nil): return EditionWords.isGone.text(language, ["what": what, "before": TextExcerpts.of(text(before))])
    case (nil, nil): return what
    }
  }

  func text(_ term: EditionTerm) -> String {
    switch term {
    case .local(let local): "“\((local.text(language) ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " "))”"
    case .word(let message): message.text(language)
    case .text(let text): text
    case .months(let months): (months == 1 ? HandbookWords.month : HandbookWords.months).text(language, ["count": String(months)])
    case .days(let days): (days == 1 ? RuleWords.day : RuleWords.days).text(language, ["count": String(days)])
    case .minutes(let minutes): duration(minutes * 60)
    case .person(let person): staff.name(person)
    case .people(let people): joined(people.map(staff.name))
    case .indicator(let indicator): indicator.name(language)
    case .target(let kpi): target(kpi)
    case .cell(let impact, let urgency): HandbookWords.cell.text(language, ["impact": String(impact), "urgency": String(urgency)])
    case .gate(let asks): text(asks)
    case .list(let terms): joined(terms.map(text))
    }
  }

  /// What a gate asks for.
  func text(_ asks: HandbookInForce.Gate.Asks) -> String {
    switch asks {
    case .facts(let facts): joined(facts)
    case .items(let items): joined(items.map { $0.text(language) ?? "" })
    case .approval(let people, let oneSuffices):
      (oneSuffices ? HandbookWords.approvalOfAny : HandbookWords.approvalOfAll).text(language, ["people": joined(people.map(staff.name))])
    }
  }

  /// What a rule says of one thing: `Team: First line`.
  func text(_ fact: RuleInForce.Fact) -> String {
    RuleWords.label(fact.part).text(language) + (language == .chinese ? "：" : ": ") + text(fact.said)
  }

  /// `at least 95 %`, `at most 4 h 30 min`.
  func target(_ kpi: HandbookKpi) -> String {
    let amount =
      switch kpi.indicator.unit {
      case .percent: "\(kpi.target) %"
      case .seconds: duration(Int64(kpi.target) ?? 0)
      case .tickets: HandbookWords.tickets.text(language, ["count": kpi.target])
      }
    return (kpi.isAtLeast ? HandbookWords.atLeast : HandbookWords.atMost).text(language, ["amount": amount])
  }

  private func duration(_ seconds: Int64) -> String {
    let units: [(Int64, Message)] = [(seconds / 3600, HandbookWords.hours), (seconds / 60 % 60, HandbookWords.minutes), (seconds % 60, HandbookWords.seconds)]
    let parts = units.filter { $0.0 > 0 || (seconds == 0 && $0.1 == HandbookWords.minutes) }
    return parts.map { count, unit in unit.text(language, ["count": String(count)]) }.joined(separator: language == .chinese ? "" : " ")
  }

  func joined(_ parts: [String]) -> String { parts.joined(separator: language == .chinese ? "、" : ", ") }

  /// The first letter of words of ours: they stand within a sentence. What begins with two capitals is an abbreviation.
  private func lowered(_ text: String) -> String {
    guard language == .english, text.dropFirst().first?.isUppercase != true else { return text }
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}

extension EditionTerm {
  /// For programs: texts in their languages, people by their ids, everything else in English words.
  var value: Value {
    switch self {
    case .local(let text): text.value ?? .null
    case .person(let person): .id(person)
    case .people(let people): .array(people.map { .id($0) })
    case .list(let terms): .array(terms.map(\.value))
    case .gate(let asks): asks.needs
    case .months(let count), .days(let count), .minutes(let count): .integer(count)
    case .indicator(let indicator): .text(indicator.key)
    case .target(let kpi): .text(kpi.target)
    case .word, .text, .cell: .text(HandbookSpeech(language: .english, staff: StaffBook([])).text(self))
    }
  }
}

/// The words in which editions are compared.
package enum EditionWords: MessageCatalog {
  static let becomes = Message("handbook_edition.becomes", "{what} from {before} to {after}", zh: "{what}由{before}改为{after}")
  static let isNew = Message("handbook_edition.is_new", "{what} now {after}", zh: "{what}新增{after}")
  static let isGone = Message("handbook_edition.is_gone", "{what} {before} no longer", zh: "不再有{what}{before}")
  static let otherWording = Message("handbook_edition.other_wording", "{what}: another wording in Chinese", zh: "{what}：英文措辞有改动")
  static let otherSpacing = Message("handbook_edition.other_spacing", "{what}: other line breaks or spaces", zh: "{what}：换行或空格有改动")
  static let added = Message("handbook_edition.added", "{what} {name} added", zh: "新增{what}{name}")
  static let removed = Message("handbook_edition.removed", "{what} {name} removed", zh: "取消{what}{name}")
  static let reordered = Message("handbook_edition.reordered", "{what}: another order", zh: "{what}顺序有变")

  package static let all = [becomes, isNew, isGone, otherWording, otherSpacing, added, removed, reordered]
}
