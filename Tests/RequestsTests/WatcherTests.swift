import Kernel
import Operations
import Requests
import Tenancy
import TestSupport
import Testing

/// Who wants to be told what happens to a request.
@Suite struct WatcherTests {
  private struct Ordered {
    let world: RequestsWorld
    let request: Value
    let orderer: Principal

    init() async throws {
      world = try await RequestsWorld()
      orderer = try await world.database.user(.requester, of: world.acme, .own)
      request = try await world.call(
        "request.submit", ["offering": try await world.offering("LAPTOP", ["form": .array([])]), "published": 1], as: orderer)
    }

    @discardableResult
    func act(_ verb: String, _ more: [String: Value] = [:], as principal: Principal) async throws -> Value {
      let members = [Value.Member("id", request.at("id"))] + more.sorted { $0.key < $1.key }.map { Value.Member($0.key, $0.value) }
      return try await world.database.dispatcher.invoke("request.\(verb)", .object(members), as: principal, Call(requestId: "test")).value
    }

    func watchers() async throws -> [Value] { try await act("watchers", as: world.engineer).at("items").array ?? [] }
  }

  /// A second time changes nothing, and is not told.
  @Test func oneWatchesAndWatchesNoMore() async throws {
    let ordered = try await Ordered()
    let (world, engineer, orderer) = (ordered.world, ordered.world.engineer, ordered.orderer)
    let before = try await world.request(ordered.request).at("version")
    for principal in [engineer, orderer] { for _ in 0..<2 { try await ordered.act("watch", as: principal) } }
    let (staff, person) = (try await world.ids(of: engineer).account, try await world.ids(of: orderer).person)
    let watching = try await ordered.watchers()
    #expect(watching.map { $0.at("staff") } == [staff, .null] && watching.map { $0.at("person") } == [.null, person])
    #expect(watching.allSatisfy { !$0.at("name").isNull && !$0.at("since").isNull })
    #expect(try await world.history(ordered.request).filter { $0 == "watched" }.count == 2)
    for _ in 0..<2 { try await ordered.act("unwatch", as: engineer) }
    #expect(try await ordered.watchers().map { $0.at("person") } == [person])
    #expect(try await world.history(ordered.request).filter { $0 == "unwatched" }.count == 1)
    // Who else watches is none of the customer's affair.
    #expect(try await world.history(ordered.request, as: orderer).filter { $0.hasSuffix("watched") } == [])
    #expect(try await world.request(ordered.request).at("version") == before, "it stands beside the request")
  }

  /// The staff name others: the customer's own people, and those of the staff who may see his requests.
  @Test func theStaffNameOthers() async throws {
    let ordered = try await Ordered()
    let (world, engineer) = (ordered.world, ordered.world.engineer)
    let (mia, foreign) = (try await world.person("Mia"), try await world.person("Ben", of: world.other))
    try await ordered.act("watch", ["person": mia], as: engineer)
    #expect(try await ordered.watchers().map { $0.at("name") } == ["Mia"])
    #expect(await refusal { try await ordered.act("watch", ["person": foreign], as: engineer) } == ["person input.unknown_reference"])
    // Who holds no role may see nothing.
    let stranger = try await world.ids(of: try await world.database.staff(.engineer)).account
    #expect(await refusal { try await ordered.act("watch", ["staff": stranger], as: engineer) } == ["staff request.watcher_may_not_read"])
    try await world.call(
      "staff_grant.add", ["account": stranger, "role": "engineer", "customers": .array([.id(world.other.publicId)])], as: world.database.root)
    #expect(await refusal { try await ordered.act("watch", ["staff": stranger], as: engineer) } == ["staff request.watcher_may_not_read"])
    try await world.call(
      "staff_grant.add", ["account": stranger, "role": "engineer", "customers": .array([.id(world.acme.publicId)])], as: world.database.root)
    try await ordered.act("watch", ["staff": stranger], as: engineer)
    #expect(try await ordered.watchers().map { $0.at("staff") } == [.null, stranger])
    // The operator at the machine is nobody who could be told.
    #expect(await refusal { try await ordered.act("watch", as: world.database.root) } == [" request.who_watches"])
    try await world.call("person.change", ["id": mia, "left": .bool(true)], as: world.database.root, version: 1)
    #expect(await refusal { try await ordered.act("watch", ["person": mia], as: engineer) } == ["person person.left"])
    try await ordered.act("unwatch", ["person": mia], as: engineer)
    #expect(try await ordered.watchers().count == 1)
    // Who of the staff has left is taken off as well.
    try await world.call("staff.disable", ["id": stranger], as: world.database.root)
    #expect(await refusal { try await ordered.act("watch", ["staff": stranger], as: engineer) } == ["staff input.unknown_reference"])
    try await ordered.act("unwatch", ["staff": stranger], as: engineer)
    #expect(try await ordered.watchers() == [])
  }

  /// A customer's people watch what they see, themselves, and are not told who else does.
  @Test func theCustomersPeopleWatchWhatTheySee() async throws {
    let ordered = try await Ordered()
    let world = ordered.world
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let colleague = try await world.database.user(.requester, of: world.acme, .own)
    let foreign = try await world.database.user(.customerManager, of: world.other)
    try await ordered.act("watch", as: manager)
    for principal in [colleague, foreign] {
      for verb in ["watch", "unwatch"] { await expectFailure(.notFound) { try await ordered.act(verb, as: principal) } }
    }
    let mia = try await world.person("Mia")
    #expect(await refusal { try await ordered.act("watch", ["person": mia], as: manager) } == ["person input.unknown_reference"])
    let staff = try await world.ids(of: world.engineer).account
    #expect(await refusal { try await ordered.act("watch", ["staff": staff], as: manager) } == ["staff input.unknown_reference"])
    await expectFailure(.denied) { try await ordered.act("watchers", as: manager) }
    let servesOther = try await world.database.staff(.engineer, for: [world.other])
    for verb in ["watch", "watchers"] { await expectFailure(.notFound) { try await ordered.act(verb, as: servesOther) } }
    #expect(try await ordered.watchers().count == 1)
  }
}
