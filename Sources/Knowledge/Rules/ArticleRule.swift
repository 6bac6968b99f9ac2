import Kernel
import Operations

/// What an article must be before it is stored, and who may publish it.
enum ArticleRule {
  static func requireSound(_ content: ArticleContent) throws(Failure) {
    let violations = violations(in: content)
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
  }

  /// A known error has a symptom, and a cause or a workaround; every other article has a body. A text is there in the languages of
  /// the title: who reads one of them misses nothing.
  static func violations(in content: ArticleContent) -> [Failure.Violation] {
    var violations: [Failure.Violation] = []
    if content.kind == .knownError {
      if content.symptom == nil { violations.append(Failure.Violation(path: "symptom", KnowledgeMessages.needsSymptom)) }
      if content.cause == nil, content.workaround == nil { violations.append(Failure.Violation(path: "cause", KnowledgeMessages.needsCause)) }
    } else {
      if content.body == nil { violations.append(Failure.Violation(path: "body", KnowledgeMessages.needsBody)) }
      for (field, text) in content.texts where field != "body" && text != nil {
        violations.append(Failure.Violation(path: field, KnowledgeMessages.onlyKnownError))
      }
    }
    for (field, text) in content.texts {
      guard let text, languages(of: text) != languages(of: content.title) else { continue }
      violations.append(Failure.Violation(path: field, KnowledgeMessages.otherLanguages))
    }
    return violations
  }

  private static func languages(of text: LocalText) -> Set<Language> { Set(Language.allCases.filter { text[$0] != nil }) }

  /// Who publishes is a member of staff who did not write at the draft, by the rule of ``FourEyes``.
  static func requireReviewer(_ reviewer: Party, of writers: [Writer]) throws(Failure) {
    switch FourEyes.refusal(of: reviewer, than: writers.map(\.party)) {
    case .noPerson: throw Failure(.denied, KnowledgeMessages.personRequired)
    case .tookPart: throw Failure(.denied, KnowledgeMessages.ownWork)
    case nil: break
    }
  }

  /// The same day some months later, or the last one of that month.
  static func reviewDay(after day: CalendarDate, months: Int64) -> CalendarDate {
    let (year, month, dayOfMonth) = day.parts
    let count = year * 12 + month - 1 + months
    let (laterYear, laterMonth) = (count.flooredQuotient(by: 12), count.flooredRemainder(by: 12) + 1)
    let last = CalendarDate.length(ofMonth: laterMonth, year: laterYear)
    return CalendarDate(year: laterYear, month: laterMonth, day: min(dayOfMonth, last)) ?? day
  }
}
