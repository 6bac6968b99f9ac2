import Kernel
import TestSupport
import Testing

/// Articles through their operations, beside the table of what is possible.
@Suite struct ArticleWalkTests {
  private enum Act: CaseIterable { case write, submit, sendBack, publish, bypass, revise, discard, confirm, retire }

  private struct Model: Hashable {
    var state = "unpublished"
    var draft: String? = "draft"
    var revision: Int64 = 0

    /// Without the number of versions.
    var life: String { "\(state)/\(draft ?? "-")" }
  }

  /// Written apart from the code.
  private static let table: [String: [Act: String]] = [
    "unpublished/draft": [.write: "unpublished/draft", .submit: "unpublished/in_review", .bypass: "published/-", .retire: "retired/-"],
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

  private static func expected(_ model: Model, _ act: Act) -> Model? {
    guard let life = table[model.life]?[act] else { return nil }
    // Of what was never published there is nothing to begin from.
    if act == .revise, model.revision == 0 { return nil }
    let parts = life.split(separator: "/").map(String.init)
    var next = model
    (next.state, next.draft) = (parts.first ?? "", parts.last == "-" ? nil : parts.last)
    if act == .publish || act == .bypass { next.revision += 1 }
    return next
  }

  @Test func articlesGoWhereTheTableLetsThem() async throws {
    let world = try await KnowledgeWorld()
    let administrator = try await world.database.staff(.administrator)
    let walk = OperationWalk<Model, Act>(
      expected: Self.expected,
      perform: { act, seen in
        let text = Value.text("Text \(seen.at("version").integer ?? 0)")
        switch act {
        case .write: try await world.act("change", on: seen, ["title": .object(["en": text])])
        case .submit: try await world.act("submit", on: seen)
        case .sendBack: try await world.act("send_back", on: seen, ["remark": text], as: world.reviewer)
        case .publish: try await world.act("publish", on: seen, as: world.reviewer)
        case .bypass: try await world.act("bypass", on: seen, ["reason": text], as: administrator)
        case .revise: try await world.act("revise", on: seen)
        case .discard: try await world.act("discard", on: seen)
        case .confirm: try await world.act("confirm", on: seen, as: world.reviewer)
        case .retire: try await world.act("retire", on: seen, as: world.reviewer)
        }
      },
      read: { seen in
        let record = try await world.call("article.inspect", ["id": seen.at("id")])
        var read: Int64?
        do {
          read = try await world.call("article.read", ["id": seen.at("id")], as: world.servesAcme).at("revision").integer
        } catch let failure as Failure where failure.kind == .notFound {
          // It is not there for readers.
        }
        return .object((record.members ?? []) + [Value.Member("readAs", .integer(read))])
      },
      agrees: { model, read in
        let isPublished = model.state == "published"
        guard read.at("state") == .text(model.state), read.at("draftState").text == model.draft else { return false }
        guard (read.at("draft") != .null) == (model.draft != nil), (read.at("reviewDueOn") != .null) == isPublished else { return false }
        // Readers see its newest version, and nothing of what is being written.
        return read.at("revision").integer ?? 0 == model.revision && read.at("readAs").integer == (isPublished ? model.revision : nil)
      })
    let reached = try await walk.run(
      seeds: [1, 2, 3], walks: 5, steps: 16, begin: { (Model(), try await world.draft("Walked")) }, pause: { world.database.clock.advance(seconds: 60) })
    #expect(Set(reached.map(\.life)) == Set(Self.table.keys), "\(reached)")
  }
}
