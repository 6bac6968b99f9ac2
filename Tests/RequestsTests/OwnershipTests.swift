import Kernel
import Operations
import Requests
import TestSupport
import Tenancy
import Testing

/// Whom the rule names answers for a request until it is closed, whoever is at its tasks.
@Suite struct OwnershipTests {
  @Test func aRequestIsAnsweredForUntilItIsOver() async throws {
    let world = try await RequestsWorld()
    let orderer = try await world.database.user(.requester, of: world.acme, .own)
    try await world.database.runAsSuperuser(
      """
      insert into handbooks.accountable (process, valid_from, owner_id, owner_public_id, owner_name, rule)
      select 'request', '2026-01-01', id, public_id, 'Pat', 'handbook' from tenancy.account where id = \(world.engineer.actor.id)
      """)
    let ruled = try await world.ids(of: world.engineer).account
    let request = try await world.call(
      "request.submit", ["offering": try await world.offering("LAPTOP", ["form": .array([])]), "published": 1], as: orderer)
    #expect(request.at("owner").isNull && request.at("ownerName").isNull && request.at("ownerBy").isNull, "that is the provider's own affair")
    let read = try await world.request(request)
    #expect(read.at("owner") == ruled && read.at("ownerName") == "Pat" && read.at("ownerBy") == "handbook")
    let listed = try await world.call("request.list", ["customer": .id(world.acme.publicId)])
    #expect(listed.at("items.0.owner") == ruled)
    let withdrawn = try await world.call("request.withdraw", ["id": request.at("id")], as: orderer, version: read.at("version"))
    #expect(withdrawn.at("state") == "withdrawn")
    #expect(try await world.request(request).at("owner").isNull)
  }
}
