import Kernel
import Operations
import Requests
import Tenancy
import TestSupport
import Testing

/// Links between requests and incidents of a customer.
@Suite struct LinkTests {
  private struct Linked {
    let world: RequestsWorld
    let orderer: Principal
    let person: Value
    let request: Value

    init() async throws {
      world = try await RequestsWorld()
      orderer = try await world.database.user(.requester, of: world.acme, .own)
      person = try await world.ids(of: orderer).person
      request = try await world.call(
        "request.submit", ["offering": try await world.offering("LAPTOP", [:], soldTo: [world.acme, world.other]), "published": 1], as: orderer)
    }

    func incident(_ title: String, for requester: Value = .null, of customer: TenantEntry? = nil) async throws -> Value {
      try await world.call(
        "incident.open",
        [
          "customer": .id((customer ?? world.acme).publicId), "title": .text(title), "impact": 2, "urgency": 2, "requester": requester,
        ], as: world.engineer
      ).at("id")
    }

    @discardableResult
    func link(_ incident: Value, _ kind: String, ends: Bool = false, as principal: Principal? = nil) async throws -> Value {
      try await world.call(
        ends ? "request.unlink_incident" : "request.link_incident", ["id": request.at("id"), "kind": .text(kind), "incident": incident],
        as: principal ?? world.engineer)
    }

    /// What stands at `path` of each link of the request, or of an incident.
    func links(of incident: Value? = nil, _ path: String, as principal: Principal? = nil) async throws -> [Value] {
      let listing = try await world.call(
        incident == nil ? "request.incidents" : "incident.requests", ["id": incident ?? request.at("id"), "limit": 200],
        as: principal ?? world.engineer)
      return (listing.at("items").array ?? []).map { $0.at(path) }
    }
  }

  @Test func theyAreSeenFromBothEnds() async throws {
    let linked = try await Linked()
    let (world, request) = (linked.world, linked.request)
    let before = try await world.request(request)
    let inverses = ["caused_by": "causes", "causes": "caused_by", "resolves": "resolved_by", "relates_to": "relates_to"]
    for (kind, inverse) in inverses.sorted(by: { $0.key < $1.key }) {
      let incident = try await linked.incident("Laptop \(kind)")
      try await linked.link(incident, kind)
      #expect(try await linked.links("kind").last == .text(kind))
      #expect(try await linked.links(of: incident, "kind") == [.text(inverse)])
      #expect(try await linked.links(of: incident, "request") == [request.at("id")])
      #expect(try await linked.links(of: incident, "number") == [request.at("number")])
      #expect(await refusal { try await linked.link(incident, kind) } == ["request.linked_already"])
      try await linked.link(incident, kind, ends: true)
      #expect(try await linked.links(of: incident, "kind") == [])
      #expect(await refusal { try await linked.link(incident, kind, ends: true) } == ["request.not_linked"])
      // What ended can be said again.
      try await linked.link(incident, kind)
    }
    #expect(try await linked.links("title") == ["Laptop caused_by", "Laptop causes", "Laptop relates_to", "Laptop resolves"])
    let read = try await world.request(request)
    let named = try await linked.links("incident")
    #expect(read.at("incidents").array == named)
    #expect(read.at("version") == before.at("version"), "links stand beside it")
    let first = try #require(read.at("incidents.0").text)
    // A second kind is a link of its own; the request names the incident once.
    try await linked.link(.text(first), "relates_to")
    #expect(try await linked.links("incident").count == 5)
    #expect(try await world.request(request).at("incidents").array?.count == 4)
    #expect(try await world.history(request).filter { $0 == "incident_linked" }.count == 9)
    #expect(try await world.history(request).filter { $0 == "incident_unlinked" }.count == 4)
    let told = try await world.call("incident.history", ["id": .text(first), "limit": 200], as: world.engineer).at("items").array ?? []
    #expect(told.filter { $0.at("type") == "incident.request_linked" }.count == 3)
    #expect(told.filter { $0.at("type") == "incident.request_unlinked" }.count == 1)
  }

  /// What an incident is to a request, the one that it goes into is to it as well.
  @Test func aMergeCarriesThem() async throws {
    let linked = try await Linked()
    let (world, request) = (linked.world, linked.request)
    let (duplicate, survivor) = (try await linked.incident("Same", for: linked.person), try await linked.incident("First"))
    for kind in ["caused_by", "resolves", "relates_to"] { try await linked.link(duplicate, kind) }
    try await linked.link(duplicate, "relates_to", ends: true)
    try await linked.link(survivor, "resolves")
    _ = try await world.call("incident.merge", ["id": duplicate, "into": survivor], as: world.engineer, version: 1)
    #expect(try await linked.links(of: survivor, "kind") == ["resolved_by", "causes"])
    #expect(try await linked.links(of: duplicate, "kind") == ["causes", "resolved_by"], "its own stay")
    #expect(try await linked.links("incident") == [duplicate, duplicate, survivor, survivor])
    // Both ends tell it, to the staff; what was linked before is not told again.
    #expect(try await world.history(request).filter { $0 == "incident_linked" }.count == 5)
    #expect(try await !world.history(request, as: linked.orderer).contains("incident_linked"))
    let told = try await world.call("incident.history", ["id": survivor, "limit": 200], as: world.engineer).at("items").array ?? []
    let links = told.filter { $0.at("type") == "incident.request_linked" }
    #expect(links.map { $0.at("payload.kind") } == ["resolves", "caused_by"])
    #expect(links.allSatisfy { $0.at("payload.request") == request.at("id") && $0.at("payload.incident") == survivor })
  }

  /// Both ends are the same customer's, and the staff say so who work for him.
  @Test func onlyOfOneCustomerAndByTheStaff() async throws {
    let linked = try await Linked()
    let world = linked.world
    let (own, foreign) = (try await linked.incident("Own"), try await linked.incident("Foreign", of: world.other))
    #expect(await refusal { try await linked.link(foreign, "caused_by") } == ["incident input.unknown_reference"])
    #expect(await refusal { try await linked.link(foreign, "caused_by", ends: true) } == ["incident input.unknown_reference"])
    #expect(await refusal { try await linked.link(own, "child_of") } != ["accepted"])
    let manager = try await world.database.user(.customerManager, of: world.acme)
    for principal in [linked.orderer, manager, world.manager] {
      await expectFailure(.denied) { try await linked.link(own, "caused_by", as: principal) }
    }
    let servesOther = try await world.database.staff(.engineer, for: [world.other])
    await expectFailure(.notFound) { try await linked.link(own, "caused_by", as: servesOther) }
    await expectFailure(.notFound) { try await linked.links("kind", as: servesOther) }
    await expectFailure(.notFound) { try await linked.links(of: own, "kind", as: servesOther) }
    #expect(try await linked.links("kind") == [])
  }

  /// A customer's people see of links what they see of their ends.
  @Test func eachSeesWhatIsHis() async throws {
    let linked = try await Linked()
    let (world, orderer) = (linked.world, linked.orderer)
    let colleague = try await world.database.user(.requester, of: world.acme, .own)
    let hers = try await world.ids(of: colleague).person
    let (his, theirs) = (try await linked.incident("His", for: linked.person), try await linked.incident("Theirs", for: hers))
    for incident in [his, theirs] { try await linked.link(incident, "caused_by") }
    #expect(try await linked.links("title", as: orderer) == ["His"])
    #expect(try await world.request(linked.request, as: orderer).at("incidents").array == [his])
    let manager = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await linked.links("title", as: manager) == ["His", "Theirs"])
    #expect(try await linked.links(of: his, "request", as: orderer) == [linked.request.at("id")])
    await expectFailure(.notFound) { try await linked.links(of: theirs, "request", as: orderer) }
    // She sees her incident, and not what somebody else ordered because of it.
    #expect(try await linked.links(of: theirs, "request", as: colleague) == [])
    await expectFailure(.notFound) { try await linked.links("title", as: colleague) }
    let stranger = try await world.database.user(.customerManager, of: world.other)
    await expectFailure(.notFound) { try await linked.links("title", as: stranger) }
    // That they were linked the history tells the staff.
    for principal in [orderer, manager] { #expect(try await !world.history(linked.request, as: principal).contains("incident_linked")) }
    let told = try await world.call("incident.history", ["id": his, "limit": 200], as: orderer).at("items").array ?? []
    #expect(!told.contains { $0.at("type") == "incident.request_linked" })
    // Who may read requests and no incidents is shown none.
    let clerk = Principal(
      actor: manager.actor, tenant: manager.tenant, side: .customer, name: "Clerk", person: manager.person,
      grants: [Grant(role: "clerk", permissions: ["request.read"], scope: .tenant)])
    #expect(try await linked.links("title", as: clerk) == [])
    #expect(try await world.request(linked.request, as: clerk).at("incidents") == .array([]))
    await expectFailure(.notFound) { try await linked.links(of: his, "request", as: clerk) }
  }
}
