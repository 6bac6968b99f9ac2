import Kernel
import Operations
import Testing

@testable import Knowledge

@Suite struct ArticleLifeTests {
  private static let lives = ArticleLife.Standing.allCases.flatMap { standing in
    ([nil] + ArticleLife.Draft.allCases.map(Optional.some)).map { ArticleLife(standing: standing, draft: $0) }
  }

  private static func name(_ life: ArticleLife) -> String { "\(life.standing.rawValue)/\(life.draft?.rawValue ?? "-")" }

  /// Every pair of a life and an act, the impossible ones as well.
  @Test func everyPairIsAsTheTableSays() {
    let table: [String: [ArticleLife.Act: String]] = [
      // Nothing of it and no draft: there is no such article.
      "unpublished/-": [.retire: "retired/-"],
      "unpublished/draft": [
        .write: "unpublished/draft", .submit: "unpublished/in_review", .bypass: "published/-", .retire: "retired/-",
      ],
      "unpublished/in_review": [.sendBack: "unpublished/draft", .publish: "published/-", .bypass: "published/-", .retire: "retired/-"],
      "published/-": [.revise: "published/draft", .confirm: "published/-", .retire: "retired/-"],
      "published/draft": [
        .write: "published/draft", .submit: "published/in_review", .bypass: "published/-", .discard: "published/-", .confirm: "published/draft",
        .retire: "retired/-",
      ],
      "published/in_review": [
        .sendBack: "published/draft", .publish: "published/-", .bypass: "published/-", .discard: "published/-", .confirm: "published/in_review",
        .retire: "retired/-",
      ],
      "retired/-": [.revise: "retired/draft"],
      "retired/draft": [.write: "retired/draft", .submit: "retired/in_review", .bypass: "published/-", .discard: "retired/-"],
      "retired/in_review": [.sendBack: "retired/draft", .publish: "published/-", .bypass: "published/-", .discard: "retired/-"],
    ]
    #expect(Self.lives.count == table.count)
    for life in Self.lives {
      for act in ArticleLife.Act.allCases {
        #expect(life.after(act).map(Self.name) == table[Self.name(life)]?[act], "\(Self.name(life)) \(act)")
      }
    }
  }

  /// However it is walked, it never ends in a state from which nothing leads on.
  @Test func everyLifeGoesOn() {
    for life in Self.lives { #expect(ArticleLife.Act.allCases.contains { life.after($0) != nil }, "\(Self.name(life))") }
  }

  @Test func whatAnArticleMustSay() {
    func content(_ kind: ArticleKind, _ title: LocalText = LocalText(english: "T"), body: LocalText? = nil, symptom: LocalText? = nil, cause: LocalText? = nil)
      -> [String]
    {
      let content = ArticleContent(kind: kind, audience: .staff, title: title, body: body, symptom: symptom, cause: cause, workaround: nil)
      return ArticleRule.violations(in: content).map { "\($0.path) \($0.message.key)" }
    }
    let (english, chinese, both) = (LocalText(english: "a"), LocalText(chinese: "甲"), LocalText(english: "a", chinese: "甲"))
    #expect(content(.howTo, body: english) == [])
    #expect(content(.howTo) == ["body article.needs_body"])
    #expect(content(.policy, body: chinese) == ["body article.other_languages"])
    #expect(content(.policy, body: both) == ["body article.other_languages"])
    #expect(content(.policy, both, body: both) == [])
    #expect(content(.solution, both, body: english) == ["body article.other_languages"])
    #expect(content(.solution, body: english, symptom: english) == ["symptom article.only_known_error"])
    #expect(content(.knownError, symptom: english, cause: english) == [])
    #expect(content(.knownError, cause: english) == ["symptom article.needs_symptom"])
    #expect(content(.knownError, symptom: english) == ["cause article.needs_cause"])
  }

  @Test func nobodyReviewsHisOwnWork() {
    let (one, two) = (Writer(kind: "staff", id: 1, person: 7, name: "One"), Writer(kind: "staff", id: 2, name: "Two"))
    func outcome(_ kind: String, _ id: Int64, person: Int64? = nil, of writers: [Writer]) -> String {
      do throws(Failure) {
        try ArticleRule.requireReviewer(Party(kind: kind, id: id, person: person), of: writers)
        return "accepted"
      } catch {
        return error.code
      }
    }
    #expect(outcome("staff", 1, of: [one]) == "article.own_work")
    #expect(outcome("staff", 2, of: [one, two]) == "article.own_work")
    #expect(outcome("staff", 2, of: [one]) == "accepted")
    // Another account of the same person is the same pair of eyes.
    #expect(outcome("staff", 3, person: 7, of: [one]) == "article.own_work")
    #expect(outcome("staff", 3, person: 8, of: [one, two]) == "accepted")
    // Who is no member of the staff stands for nobody.
    #expect(outcome("service", 1, of: [one]) == "article.person_required")
    #expect(outcome("operator", 0, of: [one]) == "article.person_required")
  }

  @Test(
    arguments: [
      ("2026-03-02", 1, "2026-04-02"), ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-12-15", 12, "2027-12-15"),
      ("2026-11-30", 3, "2027-02-28"), ("2026-03-02", 60, "2031-03-02"),
    ] as [(String, Int64, String)])
  func reviewsComeByTheMonth(day: String, months: Int64, next: String) throws {
    let start = try #require(CalendarDate(day))
    #expect(ArticleRule.reviewDay(after: start, months: months).description == next)
  }
}
