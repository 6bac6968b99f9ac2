import Catalog
import Kernel
import Operations
import Requests
import Synchronization
import Tenancy
import TestSupport
import Testing

/// What one person has of one thing, through orders that give, change and take it, and reviews, beside a model of the register.
@Suite struct AccessWalkTests {
  private enum Act: CaseIterable {
    case grantReader, grantEditor, grantBriefly, grantTooLate, change, revoke
    /// An order that revokes, and waits for its task.
    case order, carryOut, skip, cancel
    case confirm, takeByReview, wait
  }

  private struct Entry: Hashable {
    let level: String
    /// How many days are left after today; nil: it ends when it is taken.
    var daysLeft: Int?
    /// By what it ended: a request, or a review.
    var ended: String?
    /// What a review ended was taken away.
    var isTaken = false

    var isLapsed: Bool { ended == nil && (daysLeft ?? 0) < 0 }
    var isHeld: Bool { ended == nil && !isLapsed }
  }

  private struct Model: Hashable {
    var entries: [Entry] = []
    /// Whether there was an order that waits, and whether it still does.
    var wasOrdered = false
    var isOrdered = false

    /// The one that nothing has ended.
    var standing: Entry? { entries.first { $0.ended == nil } }

    func isUntaken(_ entry: Entry) -> Bool { entry.ended == nil ? isOrdered : entry.ended == "review" && !entry.isTaken }

    mutating func end(by what: String) {
      for index in entries.indices where entries[index].ended == nil { entries[index].ended = what }
    }

    /// Who takes it away, or gives it anew, sees to what reviews have left as well.
    mutating func settle() {
      for index in entries.indices where entries[index].ended == "review" { entries[index].isTaken = true }
    }

    mutating func give(_ level: String, daysLeft: Int? = nil) {
      end(by: "request")
      settle()
      entries.append(Entry(level: level, daysLeft: daysLeft))
    }

    mutating func passDay() {
      for index in entries.indices where entries[index].ended == nil {
        if let left = entries[index].daysLeft { entries[index].daysLeft = left - 1 }
      }
    }
  }

  /// Written apart from the code.
  private static func expected(_ model: Model, _ act: Act) -> Model? {
    var next = model
    switch act {
    case .grantReader: next.give("reader")
    case .grantEditor: next.give("editor")
    case .grantBriefly: next.give("reader", daysLeft: 1)
    case .grantTooLate: return nil
    case .change:
      // Of what nobody has, or what has run out, it gives nothing.
      if model.standing?.isHeld == true {
        next.end(by: "request")
        next.entries.append(Entry(level: "admin"))
      }
    case .revoke:
      next.end(by: "request")
      next.settle()
    case .order: (next.wasOrdered, next.isOrdered) = (true, true)
    case .carryOut, .skip, .cancel:
      guard model.isOrdered else { return nil }
      next.isOrdered = false
      if act == .carryOut {
        next.end(by: "request")
        next.settle()
      }
    case .confirm, .takeByReview:
      guard model.standing != nil else { return nil }
      if act == .takeByReview { next.end(by: "review") }
    case .wait: next.passDay()
    }
    return next
  }

  private static func isPossible(_ model: Model, _ act: Act) -> Bool {
    switch act {
    case .order: !model.isOrdered
    case .carryOut, .skip, .cancel: model.wasOrdered
    // What has run out stays so.
    case .wait: (model.standing?.daysLeft ?? -1) >= 0
    default: true
    }
  }

  @Test func whatIsHadIsWhatWasDone() async throws {
    let world = try await RequestsWorld()
    let offerings = try await Self.offerings(world)
    let mia = try await world.person("Mia")
    let customer = Value.id(world.acme.publicId)
    let waiting = Mutex(Value.null)
    @Sendable func order(_ action: String, _ seen: Value, _ more: [Value.Member] = []) async throws -> Value {
      let answers = [Value.Member("what", seen.at("what"))] + more
      return try await world.submit(offerings[action] ?? .null, for: mia, answers: .object(answers))
    }
    @Sendable func fulfil(_ action: String, _ seen: Value, _ more: KeyValuePairs<String, Value> = [:]) async throws {
      let made = try await order(action, seen, more.map { Value.Member($0.key, $0.value) })
      try await world.call("task.complete", ["id": made.at("tasks.0.id")], as: world.engineer)
    }
    @Sendable func review(_ seen: Value, _ result: Value, dueOn: Value) async throws {
      let made = try await world.call("access_review.open", ["customer": customer, "resource": seen.at("what"), "dueOn": dueOn])
      let entitlement = try await world.call("access_review.items", ["id": made.at("id")]).at("items.0.entitlement.id")
      try await world.call("access_review.decide", ["id": made.at("id"), "entitlement": entitlement, "result": result, "reason": "Asked"])
    }
    let walk = OperationWalk<Model, Act>(
      expected: Self.expected,
      perform: { act, seen in
        let today = world.acme.day(at: world.database.clock.now())
        let late = waiting.withLock { $0 }
        switch act {
        case .grantReader: try await fulfil("grant", seen, ["role": "reader"])
        case .grantEditor: try await fulfil("grant", seen, ["role": "editor"])
        case .grantBriefly: try await fulfil("grant", seen, ["role": "reader", "until": .date(today.adding(days: 1))])
        case .grantTooLate: try await fulfil("grant", seen, ["role": "reader", "until": .date(today.adding(days: -1))])
        case .change: try await fulfil("change", seen, ["role": "admin"])
        case .revoke: try await fulfil("revoke", seen)
        case .order:
          let made = try await order("revoke", seen)
          waiting.withLock { $0 = made }
        case .carryOut: try await world.call("task.complete", ["id": late.at("tasks.0.id")], as: world.engineer)
        case .skip: try await world.call("task.skip", ["id": late.at("tasks.0.id"), "reason": "Still needed"], as: world.engineer)
        case .cancel:
          let version = try await world.request(late).at("version")
          try await world.call("request.cancel", ["id": late.at("id"), "reason": "Still needed"], as: world.engineer, version: version)
        case .confirm: try await review(seen, "confirmed", dueOn: .date(today.adding(days: 30)))
        case .takeByReview: try await review(seen, "revoked", dueOn: .date(today.adding(days: 30)))
        case .wait: world.database.clock.advance(seconds: 86_400)
        }
      },
      read: { seen in
        let what = seen.at("what")
        func list(_ filter: String?) async throws -> [Value] {
          let members = [Value.Member("customer", customer), Value.Member("resource", what), Value.Member("limit", 200)]
          let input = Value.object(members + (filter.map { [Value.Member($0, .bool(true))] } ?? []))
          let call = Call(requestId: "test")
          return try await world.database.dispatcher.invoke("entitlement.list", input, as: world.manager, call).value.at("items").array ?? []
        }
        return .object([
          "what": what, "all": .array(try await list("all")), "held": .array(try await list(nil)), "untaken": .array(try await list("untaken")),
          "lapsed": .array(try await list("lapsed")),
        ])
      },
      agrees: { model, read in
        let all = read.at("all").array ?? []
        guard all.count == model.entries.count else { return false }
        func isListed(_ list: String, _ isWanted: (Entry) -> Bool) -> Bool {
          let wanted = zip(all, model.entries).filter { isWanted($0.1) }.map { $0.0.at("id") }
          return read.at(list).array?.map { $0.at("id") } == wanted
        }
        guard zip(all, model.entries).allSatisfy({ Self.shows($0.0, $0.1) }) else { return false }
        return isListed("held", \.isHeld) && isListed("lapsed", \.isLapsed) && isListed("untaken", model.isUntaken)
      }, comparesVersion: { _ in false }, isPossible: Self.isPossible)
    let reached = try await walk.run(
      seeds: [1, 2, 3], walks: 4, steps: 12,
      begin: { (Model(), Value.object(["what": .text("erp \(world.database.clock.now())")])) }, pause: { world.database.clock.advance(seconds: 60) })
    let entries = Set(reached.flatMap(\.entries))
    #expect(Set(entries.map(\.ended)) == [nil, "request", "review"], "\(entries)")
    #expect(Set(entries.filter { $0.ended == "review" }.map(\.isTaken)) == [true, false], "\(entries)")
    #expect(entries.contains(where: \.isLapsed) && reached.contains { $0.isOrdered && $0.standing != nil })
    #expect(reached.contains { $0.wasOrdered && !$0.isOrdered })
  }

  private static func shows(_ shown: Value, _ entry: Entry) -> Bool {
    guard shown.at("level") == .text(entry.level), shown.at("held") == .bool(entry.isHeld), shown.at("lapsed") == .bool(entry.isLapsed) else {
      return false
    }
    guard (shown.at("endedAt") != .null) == (entry.ended != nil), (shown.at("takenAt") != .null) == entry.isTaken else { return false }
    return (shown.at("endedByRequest") != .null) == (entry.ended == "request") && (shown.at("endedByReview") != .null) == (entry.ended == "review")
  }

  /// One that gives, one that changes and one that takes, each what its form names.
  private static func offerings(_ world: RequestsWorld) async throws -> [String: Value] {
    let roles = ["reader", "editor", "admin"].map { Value.object(["value": .text($0), "name": RequestsWorld.name($0)]) }
    let form = Value.array([
      .object(["key": "what", "label": RequestsWorld.name("To what"), "type": "text"]),
      .object(["key": "role", "label": RequestsWorld.name("Role"), "type": "choice", "choices": .array(roles)]),
      .object(["key": "until", "label": RequestsWorld.name("Until"), "type": "date"]),
    ])
    var offerings: [String: Value] = [:]
    for action in ["grant", "change", "revoke"] {
      let access = Value.object(["action": .text(action), "resourceAnswer": "what", "levelAnswer": "role", "untilAnswer": "until"])
      offerings[action] = try await world.offering("ACCESS-\(action.uppercased())", ["form": form, "access": access])
    }
    return offerings
  }
}
