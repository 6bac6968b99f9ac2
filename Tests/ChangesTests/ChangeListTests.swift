import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Changes

/// What was altered of a CI, or is to be: the first question when it fails.
@Suite struct ChangeListTests {
  /// Guard: without the condition those of the whole customer would be listed.
  @Test func theChangesOfACi() async throws {
    let world = try await ChangesWorld()
    let (mail, files) = (try await world.ci("mail-01"), try await world.ci("files-01"))
    let theirs = try await world.ci("db-01", of: world.other)
    let core = try await world.sharedCi("core", affecting: [world.acme])
    _ = try await world.change("First", cis: [mail])
    _ = try await world.change("Both", cis: [mail, files], sharedCis: [core])
    _ = try await world.change("None")
    func listed(_ ci: Value, _ customer: TenantEntry?, state: Value = .null, as principal: Principal? = nil) async throws -> [String] {
      let named: Value = customer.map { .id($0.publicId) } ?? .null
      return try await world.call("change.list", ["ci": ci, "customer": named, "state": state], as: principal).texts("title")
    }
    #expect(try await listed(mail, world.acme) == ["Both", "First"])
    #expect(try await listed(files, world.acme, as: world.servesAcme) == ["Both"])
    #expect(try await listed(mail, world.acme, state: "closed").isEmpty)
    // A shared one is the provider's.
    for principal in [world.engineer, world.servesAcme] { #expect(try await listed(core, nil, as: principal) == ["Both"]) }
    let foreign = await refusal { .integer(Int64(try await listed(theirs, world.acme).count)) }
    #expect(foreign == "ci input.unknown_reference")
    #expect(await refusal { .integer(Int64(try await listed(theirs, world.other, as: world.servesAcme).count)) } != "accepted")
  }
}
