import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Attributes

/// Releases and major incidents have attributes of their own, as changes have them.
@Suite struct ReleaseAndMajorTests {
  /// A process, and the operations that open and write one of its own.
  private struct Subject {
    let process: String
    let opening: String
    let prefix: String
  }

  private static let subjects = [
    Subject(process: "release", opening: "release.open", prefix: "release"),
    Subject(process: "major_incident", opening: "major_incident.declare", prefix: "major_incident"),
  ]

  private func open(_ subject: Subject, _ attributes: Value, in world: AttributesWorld) async throws -> Value {
    try await world.invoke(
      subject.opening, [Value.Member("title", "Winter"), Value.Member("attributes", attributes)], as: world.engineer)
  }

  private func change(
    _ one: Value, _ subject: Subject, _ members: [Value.Member], in world: AttributesWorld, as principal: Principal? = nil
  ) async throws -> Value {
    try await world.invoke(
      "\(subject.prefix).change", [Value.Member("id", one.at("id"))] + members, as: principal ?? world.engineer, version: one["version"]?.integer)
  }

  private func told(_ attributes: KeyValuePairs<String, Value>) -> [Value.Member] { [Value.Member("attributes", .object(attributes))] }

  @Test func theyAreToldReadAndChanged() async throws {
    let world = try await AttributesWorld()
    for subject in Self.subjects {
      try await world.define("wave", "integer", process: subject.process)
      try await world.define("site", process: subject.process)
      let opened = try await open(subject, .object(["wave": 1]), in: world)
      #expect(opened["attributes"] == .object(["wave": 1]) && opened["version"] == 1, "\(opened)")
      let changed = try await change(opened, subject, told(["wave": 2, "site": "Bonn"]), in: world)
      #expect(changed["attributes"] == .object(["site": "Bonn", "wave": 2]) && changed["version"] == 2, "\(changed)")
      // What stands there already changes nothing; what is null is taken away, and what is not named stays.
      #expect(try await change(changed, subject, told(["wave": 2]), in: world)["version"] == 2)
      let less = try await change(changed, subject, [Value.Member("title", "Spring")] + told(["site": .null]), in: world)
      #expect(less["attributes"] == .object(["wave": 2]) && less["title"] == "Spring" && less["version"] == 3, "\(less)")
      let read = try await world.invoke("\(subject.prefix).read", [Value.Member("id", opened.at("id"))], as: world.engineer)
      #expect(read["attributes"] == .object(["wave": 2]))
      // A line of a list is without.
      let listed = try await world.invoke("\(subject.prefix).list", [], as: world.engineer)["items"]?.array?.first
      #expect(listed?["title"] == "Spring" && listed?["attributes"] == nil)
      // The history has the keys, and from beside it what each was and became.
      let history = try await world.invoke("\(subject.prefix).history", [Value.Member("id", opened.at("id"))], as: world.engineer)["items"]?.array ?? []
      let events = history.filter { $0["type"] == .text("\(subject.process).internal_attributes_changed") }
      #expect(events.map { $0.at("payload").at("keys") } == [.array(["wave"]), .array(["wave", "site"]), .array(["site"])])
      #expect(events.last?.at("payload").at("changes") == .array([.object(["key": "site", "was": "Bonn", "became": .null])]))
    }
  }

  /// Guard: without the condition all of them would be listed; without the process, what another one holds at the same place.
  @Test func theirListsAreNarrowed() async throws {
    let world = try await AttributesWorld()
    for subject in Self.subjects { try await world.define("region", "choice", process: subject.process, AttributesWorld.region) }
    for subject in Self.subjects {
      let first = try await open(subject, .object(["region": "emea"]), in: world).at("id")
      _ = try await open(subject, .object(["region": "apac"]), in: world)
      _ = try await open(subject, .object([]), in: world)
      func listed(_ value: Value, as principal: Principal? = nil) async throws -> [Value] {
        try await world.ids("\(subject.prefix).list", [Value.Member("attribute", value)], as: principal)
      }
      #expect(try await listed("region:emea") == [first], "\(subject.process)")
      #expect(try await world.ids("\(subject.prefix).list", []).count == 3, "\(subject.process)")
      // By who serves a few, in whose statement the parameters go on behind it: what concerns nobody of his he does not see.
      #expect(try await listed("region:emea", as: world.servesOther).isEmpty, "\(subject.process)")
      let own = try await world.invoke(
        subject.opening, [Value.Member("title", "Own")] + told(["region": "emea"]), as: world.servesOther
      ).at("id")
      #expect(try await listed("region:emea", as: world.servesOther) == [own], "\(subject.process)")
      #expect(try await listed("region:apac", as: world.servesOther).isEmpty, "\(subject.process)")
      let wrong = try await world.refused { .array(try await listed("region:moon")) }
      #expect(wrong == ["attribute attribute.not_a_choice"], "\(subject.process)")
    }
  }

  @Test func whatIsWrongIsRefusedAndChangesNothing() async throws {
    let world = try await AttributesWorld()
    try await world.define("budget", "integer", process: "change")
    for subject in Self.subjects {
      try await world.define("wave", "integer", process: subject.process)
      // Of another process, of another type: nothing is opened.
      #expect(try await world.refused { try await open(subject, .object(["budget": 1]), in: world) } == ["attributes.budget attribute.unknown"])
      #expect(try await world.refused { try await open(subject, .object(["wave": "first"]), in: world) } == ["attributes.wave attribute.wrong_type"])
      #expect(try await world.invoke("\(subject.prefix).list", [], as: world.engineer)["items"]?.array?.isEmpty == true)
      let opened = try await open(subject, .object(["wave": 1]), in: world)
      #expect(
        try await world.refused { try await change(opened, subject, [Value.Member("title", "X")] + told(["wave": "x"]), in: world) } == [
          "attributes.wave attribute.wrong_type"
        ])
      // Who acts on an older version loses nothing of the newer one.
      _ = try await change(opened, subject, told(["wave": 2]), in: world)
      #expect(try await world.refused { try await change(opened, subject, told(["wave": 3]), in: world) } == ["version.mismatch"])
      // Who does not see it, whichever customer he serves, and a customer's people.
      for stranger in [world.servesOther, world.manager] {
        #expect(await world.fails { try await change(opened, subject, told(["wave": 3]), in: world, as: stranger) }, "\(stranger.name)")
      }
      let read = try await world.invoke("\(subject.prefix).read", [Value.Member("id", opened.at("id"))], as: world.engineer)
      #expect(read["attributes"] == .object(["wave": 2]) && read["title"] == "Winter")
    }
  }

  /// They are the provider's: none is shown to customers, none is of one customer alone, none of a category.
  @Test func theirDefinitionsAreInternalAndForAll() async throws {
    let world = try await AttributesWorld()
    for subject in Self.subjects {
      func refusal(visible: Bool = false, _ more: [Value.Member] = []) async throws -> [String] {
        try await world.refused { try await world.define("key", visible: visible, process: subject.process, more) }
      }
      #expect(try await refusal(visible: true) == ["visible attribute.customers_of_theirs"])
      #expect(
        try await refusal([Value.Member("customers", .array([.id(world.acme.publicId)]))]) == ["customers attribute.many_customers"])
      #expect(try await refusal([Value.Member("categories", .array(["network"]))]) == ["categories attribute.no_category"])
    }
  }

  /// What is signed off, or was looked back on, is not written any more.
  @Test func whatIsOverKeepsItsAttributes() async throws {
    let world = try await AttributesWorld()
    for subject in Self.subjects { try await world.define("wave", "integer", process: subject.process) }
    let (release, major) = (Self.subjects[0], Self.subjects[1])
    var opened = try await open(release, .object(["wave": 1]), in: world)
    opened = try await world.invoke(
      "release.cancel", [Value.Member("id", opened.at("id")), Value.Member("reason", "No")], as: world.engineer, version: opened["version"]?.integer)
    #expect(opened["attributes"] == .object(["wave": 1]))
    #expect(try await world.refused { try await change(opened, release, told(["wave": 2]), in: world) } == ["release.wrong_state"])
    var declared = try await open(major, .object(["wave": 1]), in: world)
    for (verb, member) in [("resolve", "resolution"), ("review", "review")] {
      declared = try await world.invoke(
        "major_incident.\(verb)", [Value.Member("id", declared.at("id")), Value.Member(member, "Done")], as: world.engineer,
        version: declared["version"]?.integer)
    }
    #expect(declared["attributes"] == .object(["wave": 1]))
    #expect(try await world.refused { try await change(declared, major, told(["wave": 2]), in: world) } == ["major_incident.wrong_state"])
  }
}

extension AttributesWorld {
  /// Whether a call fails, for whichever reason.
  fileprivate func fails(_ body: () async throws -> Value) async -> Bool {
    do { _ = try await body() } catch { return error is Failure }
    return false
  }
}
