import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// What requests of a customer are to each other.
@Suite struct LinkedRequestTests {
  private struct Linked {
    let world: RequestsWorld
    let offering: Value

    init() async throws {
      world = try await RequestsWorld()
      offering = try await world.offering("LAPTOP", [:], soldTo: [world.acme, world.other])
    }

    func request(of customer: TenantEntry? = nil) async throws -> Value { try await world.submit(offering, of: customer) }

    /// One that somebody of the customer's ordered for himself.
    func request(by principal: Principal) async throws -> Value {
      try await world.call("request.submit", ["offering": offering, "published": 1], as: principal)
    }

    @discardableResult
    func link(_ one: Value, _ kind: String, _ other: Value, ends: Bool = false, as principal: Principal? = nil) async throws -> Value {
      try await world.call(
        ends ? "request.unlink" : "request.link", ["id": one.at("id"), "kind": .text(kind), "to": other.at("id")], as: principal ?? world.engineer)
    }

    /// Each as what the request is to it, with its number.
    func links(of request: Value, as principal: Principal? = nil) async throws -> [String] {
      let listing = try await world.call("request.links", ["id": request.at("id"), "limit": 200], as: principal ?? world.engineer)
      return (listing.at("items").array ?? []).map { "\($0.at("kind").text ?? "") \($0.at("number").text ?? "")" }
    }
  }

  private func said(_ kind: String, _ other: Value) -> String { "\(kind) \(other.at("number").text ?? "")" }

  @Test func bothEndsTellOfALink() async throws {
    let linked = try await Linked()
    let world = linked.world
    let (first, second, third) = (try await linked.request(), try await linked.request(), try await linked.request())
    let before = try await world.request(first)
    try await linked.link(second, "duplicates", first)
    try await linked.link(third, "depends_on", first)
    // What goes both ways is one link, whoever says it.
    try await linked.link(third, "relates_to", second)
    #expect(await refusal { try await linked.link(second, "relates_to", third) } == ["request.linked_already"])
    #expect(await refusal { try await linked.link(second, "duplicates", first) } == ["request.linked_already"])
    #expect(try await linked.links(of: first) == [said("duplicated_by", second), said("required_by", third)])
    #expect(try await linked.links(of: second) == [said("duplicates", first), said("relates_to", third)])
    #expect(try await linked.links(of: third) == [said("depends_on", first), said("relates_to", second)])
    // A second kind is a link of its own; the request names the other once.
    try await linked.link(first, "relates_to", second)
    #expect(try await linked.links(of: first).count == 3)
    let read = try await world.request(first)
    #expect(read.at("requests").array == [second.at("id"), third.at("id")])
    #expect(read.at("version") == before.at("version"), "links stand beside it")
    try await linked.link(second, "relates_to", third, ends: true)
    #expect(await refusal { try await linked.link(second, "relates_to", third, ends: true) } == ["request.not_linked"])
    #expect(await refusal { try await linked.link(first, "duplicates", second, ends: true) } == ["request.not_linked"], "the other way round")
    #expect(try await linked.links(of: third) == [said("depends_on", first)])
    // What ended can be said again.
    try await linked.link(second, "relates_to", third)
    #expect(try await linked.links(of: third).last == said("relates_to", second))
    // Both histories tell it.
    #expect(try await world.history(first).filter { $0 == "linked" }.count == 3)
    #expect(try await world.history(third).filter { $0 == "linked" }.count == 3)
    #expect(try await world.history(third).filter { $0 == "unlinked" }.count == 1)
    #expect(try await !world.history(first).contains("unlinked"))
    let history = try await world.call("request.history", ["id": first.at("id"), "limit": 200])
    let told = (history.at("items").array ?? []).first { $0.at("type") == "request.linked" }?.at("payload") ?? .null
    #expect(told.at("kind") == "duplicates" && told.at("from") == second.at("id") && told.at("to") == first.at("id"))
  }

  @Test func whatLeadsOneWayMakesNoCircle() async throws {
    let linked = try await Linked()
    let (first, second, third) = (try await linked.request(), try await linked.request(), try await linked.request())
    for kind in ["duplicates", "depends_on", "relates_to"] {
      #expect(await refusal { try await linked.link(first, kind, first) } == ["to ticket.linked_to_itself"], "\(kind)")
    }
    for kind in ["duplicates", "depends_on"] {
      try await linked.link(first, kind, second)
      try await linked.link(second, kind, third)
      #expect(await refusal { try await linked.link(second, kind, first) } == ["to process.link_circle"], "\(kind)")
      #expect(await refusal { try await linked.link(third, kind, first) } == ["to process.link_circle"], "\(kind)")
    }
    // What goes both ways may; and what ended leads nowhere.
    try await linked.link(third, "relates_to", first)
    try await linked.link(second, "depends_on", third, ends: true)
    try await linked.link(third, "depends_on", first)
    #expect(await refusal { try await linked.link(second, "depends_on", third) } == ["to process.link_circle"])
    #expect(await refusal { try await linked.link(first, "child_of", third) } == ["kind input.choice"])
  }

  /// Guard: two who say the opposite at once would close a circle together.
  @Test func twoAtOnceMakeNoCircle() async throws {
    let linked = try await Linked()
    let (first, second) = (try await linked.request(), try await linked.request())
    async let one = refusal { try await linked.link(first, "depends_on", second) }
    async let other = refusal { try await linked.link(second, "depends_on", first) }
    let answers = await [one, other]
    #expect(answers.flatMap { $0 }.sorted() == ["accepted", "to process.link_circle"])
  }

  /// Both are the same customer's, and the staff say so who work for him.
  @Test func onlyOfOneCustomerAndByTheStaff() async throws {
    let linked = try await Linked()
    let world = linked.world
    let (own, second, foreign) = (try await linked.request(), try await linked.request(), try await linked.request(of: world.other))
    for ends in [false, true] {
      #expect(await refusal { try await linked.link(own, "relates_to", foreign, ends: ends) } == ["to input.unknown_reference"])
    }
    let customers = [try await world.database.user(.requester, of: world.acme, .own), try await world.database.user(.customerManager, of: world.acme)]
    for principal in customers + [world.manager] {
      for ends in [false, true] { await expectFailure(.denied) { try await linked.link(own, "relates_to", second, ends: ends, as: principal) } }
    }
    let servesOther = try await world.database.staff(.engineer, for: [world.other])
    await expectFailure(.notFound) { try await linked.link(own, "relates_to", second, as: servesOther) }
    await expectFailure(.notFound) { try await linked.links(of: own, as: servesOther) }
    #expect(await refusal { try await linked.link(foreign, "relates_to", own, as: servesOther) } == ["to input.unknown_reference"])
    #expect(try await linked.links(of: own) == [])
    #expect(try await linked.links(of: foreign) == [])
    // Who may not link may read it.
    try await linked.link(own, "relates_to", second)
    #expect(try await linked.links(of: own, as: world.manager) == [said("relates_to", second)])
  }

  /// A customer's people see of links what they see of their ends.
  @Test func eachSeesWhatIsHis() async throws {
    let linked = try await Linked()
    let world = linked.world
    let orderer = try await world.database.user(.requester, of: world.acme, .own)
    let colleague = try await world.database.user(.requester, of: world.acme, .own)
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let (his, another, hers) = (
      try await linked.request(by: orderer), try await linked.request(by: orderer), try await linked.request(by: colleague)
    )
    try await linked.link(his, "duplicates", hers)
    try await linked.link(his, "depends_on", another)
    #expect(try await linked.links(of: his, as: orderer) == [said("depends_on", another)])
    #expect(try await world.request(his, as: orderer).at("requests").array == [another.at("id")])
    #expect(try await linked.links(of: hers, as: colleague) == [])
    #expect(try await world.request(hers, as: colleague).at("requests").array == [])
    await expectFailure(.notFound) { try await linked.links(of: his, as: colleague) }
    #expect(try await linked.links(of: his, as: manager) == [said("duplicates", hers), said("depends_on", another)])
    #expect(try await world.request(his, as: manager).at("requests").array == [hers.at("id"), another.at("id")])
    let stranger = try await world.database.user(.customerManager, of: world.other)
    await expectFailure(.notFound) { try await linked.links(of: his, as: stranger) }
    // That they were linked the history tells the staff.
    for principal in [orderer, manager] { #expect(try await !world.history(his, as: principal).contains("linked")) }
    #expect(try await world.history(his, as: world.engineer).contains("linked"))
  }
}
