import Kernel
import Operations
import TestSupport
import Testing

@testable import Attributes

@Suite struct FilterTests {
  @Test func listsAndTheQueueAreNarrowed() async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", visible: true, AttributesWorld.region)
    try await world.define("vip", "boolean")
    let first = try await world.open(["region": "emea", "vip": .bool(true)])
    let second = try await world.open(["region": "emea", "vip": .bool(false)])
    let third = try await world.open(["region": "emea"], of: world.other)
    _ = try await world.open(["region": "apac"])
    _ = try await world.open()
    let acme = Value.Member("customer", .id(world.acme.publicId))
    func set(_ values: [Value]) -> Set<Value> { Set(values.map { $0.at("id") }) }
    #expect(Set(try await world.ids("incident.list", [acme, Value.Member("attribute", "region:emea")])) == set([first, second]))
    #expect(
      Set(try await world.ids("incident.list", [acme, Value.Member("attribute", "region:emea")], as: world.manager)) == set([first, second]))
    #expect(try await world.ids("incident.list", [acme, Value.Member("attribute", "vip:true")]) == [first.at("id")])
    #expect(Set(try await world.ids("incident.queue", [Value.Member("attribute", "region:emea")])) == set([first, second, third]))
    #expect(try await world.ids("incident.queue", [Value.Member("attribute", "region:emea")], as: world.servesOther) == [third.at("id")])
    #expect(try await world.invoke("incident.count", [Value.Member("attribute", "vip:false")], as: world.engineer)["count"] == 1)
    // What is resolved leaves the queue, and stays in the list; what loses the value leaves both.
    _ = try await world.act("resolve", on: first, [Value.Member("resolution", "Done")])
    #expect(Set(try await world.ids("incident.queue", [Value.Member("attribute", "region:emea")])) == set([second, third]))
    try await world.tell(["region": "apac"], of: second)
    #expect(try await world.ids("incident.list", [acme, Value.Member("attribute", "region:emea")]) == [first.at("id")])
    // Page by page, the newest first.
    let page = try await world.invoke(
      "incident.list", [acme, Value.Member("attribute", "region:apac"), Value.Member("limit", 1)], as: world.engineer)
    let next = try await world.invoke(
      "incident.list", [acme, Value.Member("attribute", "region:apac"), Value.Member("limit", 1), Value.Member("cursor", page.at("next"))],
      as: world.engineer)
    #expect(page["items"]?.array?.count == 1 && next["items"]?.array?.count == 1 && page["items"] != next["items"])
  }

  /// However a list is narrowed besides, it is of those that hold the value and may be seen.
  @Test func aValueGoesWithTheOtherFilters() async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", visible: true, AttributesWorld.region + [Value.Member("customersTell", .bool(true))])
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    let own = try await world.open(["region": "emea"], as: requester)
    _ = try await world.open(["region": "apac"], as: requester)
    let done = try await world.open(["region": "emea"])
    _ = try await world.act("resolve", on: done, [Value.Member("resolution", "Done")])
    let emea = [Value.Member("customer", .id(world.acme.publicId)), Value.Member("attribute", "region:emea")]
    #expect(try await world.ids("incident.list", emea, as: requester) == [own.at("id")])
    #expect(try await world.ids("incident.list", emea + [Value.Member("state", "open")]) == [own.at("id")])
    #expect(try await world.ids("incident.list", emea + [Value.Member("state", "resolved")]) == [done.at("id")])
    #expect(try await world.ids("incident.list", emea + [Value.Member("openedFrom", "9000-01-01T00:00:00Z")]).isEmpty)
    #expect(Set(try await world.ids("incident.list", emea + [Value.Member("openedFrom", "2000-01-01T00:00:00Z")])) == [own.at("id"), done.at("id")])
  }

  /// The same word in another form of Unicode is the same value.
  @Test func aValueIsFoundInEitherForm() async throws {
    let world = try await AttributesWorld()
    let choices = Value.array([.object(["value": "caf\u{e9}", "name": .object(["en": "Cafe"])])])
    try await world.define("place", "choice", [Value.Member("choices", choices)])
    let opened = try await world.open(["place": "cafe\u{301}"])
    for word in ["caf\u{e9}", "cafe\u{301}"] {
      #expect(try await world.ids("incident.queue", [Value.Member("attribute", .text("place:" + word))]) == [opened.at("id")])
    }
  }

  /// Guard: without the condition all of them would be listed; without the process, what another one holds at the same place.
  @Test func problemsAndChangesAreNarrowed() async throws {
    let world = try await AttributesWorld()
    for process in ["problem", "change"] { try await world.define("region", "choice", process: process, AttributesWorld.region) }
    let customer = Value.Member("customer", .id(world.acme.publicId))
    func opened(_ process: String, _ region: Value?) async throws -> Value {
      let told = region.map { [Value.Member("attributes", .object(["region": $0]))] } ?? []
      let judged = process == "problem" ? [Value.Member("impact", 2), Value.Member("urgency", 2)] : [Value.Member("kind", "normal")]
      return try await world.invoke("\(process).open", [customer, Value.Member("title", "T")] + judged + told, as: world.engineer).at("id")
    }
    for process in ["problem", "change"] {
      let (first, second) = (try await opened(process, "emea"), try await opened(process, "apac"))
      _ = try await opened(process, nil)
      func listed(_ value: Value, _ more: [Value.Member] = [], as principal: Principal? = nil) async throws -> [Value] {
        try await world.ids("\(process).list", [Value.Member("attribute", value)] + more, as: principal)
      }
      #expect(try await listed("region:emea") == [first], "\(process)")
      #expect(try await listed("region:apac", [customer]) == [second], "\(process)")
      #expect(try await listed("region:emea", [Value.Member("state", "closed")]).isEmpty, "\(process)")
      #expect(try await listed("region:emea", as: world.servesOther).isEmpty, "\(process)")
      #expect(try await world.ids("\(process).list", []).count == 3, "\(process)")
      let wrong = try await world.refused { .array(try await listed("region:moon")) }
      #expect(wrong == ["attribute attribute.not_a_choice"], "\(process)")
    }
  }

  @Test func aFilterIsSavedWithIt() async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", AttributesWorld.region)
    let opened = try await world.open(["region": "emea"])
    let criteria = Value.object(["attribute": "region:emea", "unowned": .bool(true)])
    let saved = try await world.invoke(
      "queue_filter.save", [Value.Member("name", "Europe"), Value.Member("criteria", criteria)], as: world.engineer)
    #expect(saved["criteria"]?["attribute"] == "region:emea")
    #expect(try await world.ids("incident.queue", [Value.Member("filter", saved.at("id"))]) == [opened.at("id")])
    #expect(
      try await world.refused {
        try await world.invoke(
          "queue_filter.save", [Value.Member("name", "x"), Value.Member("criteria", .object(["attribute": "region:moon"]))], as: world.engineer)
      } == ["criteria.attribute attribute.not_a_choice"])
  }

  @Test(arguments: [
    ("region", "attribute attribute.filter_form"), ("region:", "attribute attribute.filter_form"), ("region:moon", "attribute attribute.not_a_choice"),
    ("note:x", "attribute attribute.not_a_filter"), ("nothing:x", "attribute attribute.unknown"), ("theirs:emea", "attribute attribute.unknown"),
  ])
  func whatNarrowsNothingIsRefused(filter: String, expected: String) async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", AttributesWorld.region)
    try await world.define("note")
    try await world.define("theirs", "choice", AttributesWorld.region + [Value.Member("customers", .array([.id(world.acme.publicId)]))])
    #expect(
      try await world.refused { try await world.invoke("incident.queue", [Value.Member("attribute", .text(filter))], as: world.servesOther) } == [expected])
  }
}
