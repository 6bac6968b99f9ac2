import Assurance
import Kernel
import Operations
import Postgres
import TestSupport
import Testing

/// A contract makes its promises only when they are backed, where the policy asks for it.
@Suite struct ActivationTests {
  @Test func anInstallationThatWroteDownNothingGoesOn() async throws {
    let world = try await AssuranceWorld()
    try await world.activate()
    // It is recorded and shown all the same.
    let open = try await world.open()
    #expect(open.first?.at("proof.outcome") == "unproven" && open.first?.at("proof.cause") == "activation")
  }

  @Test func whereItIsRequiredGapsRefuseTheActivationUntilTheyAreAccepted() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    try await world.call("proof_policy.set", ["policy": "required"], version: 1)
    let refusal = await world.refusal { try await world.activate() }
    #expect(refusal?.kind == .conflict && refusal?.code == "assurance.not_backed")
    #expect(refusal?.violations.count == 2 && refusal?.violations.first?.arguments["gap"]?.hasPrefix("Saturday 18:00-22:00") ?? false)
    #expect(try await world.call("contract.read", ["id": world.contract.at("id")]).at("state") == "draft", "nothing of it is done")

    let proof = try await world.prove()
    let accountManager = try await world.database.staff(.accountManager)
    try await world.call("accepted_risk.record", ["proof": proof.at("id"), "gaps": .array([1]), "reason": "Rarely used on Saturdays"], as: accountManager)
    // One gap of two is not enough.
    #expect(await world.refusal { try await world.activate() }?.violations.count == 1)
    let rest = try await world.prove()
    #expect(rest.at("openGaps") == 1 && rest.at("gaps.0.accepted") == .bool(true))
    // The first once more is told as that, and which one is open.
    let again = await world.refusal {
      try await world.call("accepted_risk.record", ["proof": rest.at("id"), "gaps": .array([1]), "reason": "Twice"], as: accountManager)
    }
    #expect(again?.code == "assurance.accepted_already" && again?.arguments["open"] == "2", "\(String(describing: again))")
    try await world.call("accepted_risk.record", ["proof": rest.at("id"), "reason": "The same"], as: accountManager)
    try await world.activate()
    #expect(try await world.open().isEmpty)

    let risks = try await world.call("accepted_risk.list", ["line": world.line]).at("items")
    #expect(risks.array?.count == 2 && risks.at("1.reason") == "Rarely used on Saturdays" && risks.at("1.actorKind") == "staff")
    #expect(risks.at("1.text").text?.hasPrefix("Saturday") ?? false)
  }

  @Test func anAcceptanceEndsByItselfOrByAct() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let proof = try await world.prove()
    let until = world.database.clock.now().adding(seconds: 2 * 86_400)
    try await world.call("accepted_risk.record", ["proof": proof.at("id"), "reason": "For two days", "until": .instant(until)])
    #expect(try await world.open().isEmpty)
    world.database.clock.set(until)
    try await world.sweep()
    #expect(try await world.open().count == 1, "its time is over")

    let again = try await world.prove()
    try await world.call("accepted_risk.record", ["proof": again.at("id"), "reason": "For good"])
    #expect(try await world.open().isEmpty)
    let risk = try await world.call("accepted_risk.list", ["line": world.line]).at("items.0")
    let ended = try await world.call("accepted_risk.end", ["id": risk.at("id"), "reason": "A customer complained"], version: risk.at("version"))
    #expect(ended.at("endReason") == "A customer complained")
    #expect(try await world.open().first?.at("proof.openGaps") == 1)
    await expectFailure(.conflict) {
      try await world.call("accepted_risk.end", ["id": risk.at("id"), "reason": "Twice"], version: ended.at("version"))
    }
  }

  /// A gap that is larger than what was accepted is another gap.
  @Test func aGapThatGrowsIsNotAccepted() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let proof = try await world.prove()
    try await world.call("accepted_risk.record", ["proof": proof.at("id"), "reason": "Saturday evenings"])
    world.database.clock.advance(seconds: 60)
    try await world.call(
      "calendar.revise", ["id": world.theirs.at("id"), "definition": AssuranceWorld.hours(saturday: "12:00")], version: world.theirs.at("version"))
    try await world.sweep()
    let open = try await world.open()
    // The hours, and the delay that they mean.
    #expect(open.first?.at("proof.openGaps") == 2, "\(open)")
    #expect(open.first?.at("proof.gaps.0.text").text?.hasPrefix("Saturday 12:00-22:00") ?? false)
  }

  /// A contract that is to end, or to be suspended, promises until then.
  @Test func aPlannedEndDoesNotOpenADoor() async throws {
    let world = try await AssuranceWorld()
    try await world.activate()
    let contract = try await world.call("contract.read", ["id": world.contract.at("id")])
    try await world.call(
      "contract.change", ["id": contract.at("id"), "event": "end", "validFrom": "2027-01-01T00:00:00Z"], version: contract.at("version"))
    try await world.call("proof_policy.set", ["policy": "required"], version: 1)
    let line = try await world.call("contract_line.list", ["contract": contract.at("id")]).at("items.0")
    let refusal = await world.refusal {
      try await world.call("contract_line.revise", ["id": world.line, "name": "More", "sla": world.sla.at("id")], version: line.at("version"))
    }
    #expect(refusal?.code == "assurance.not_backed", "\(String(describing: refusal))")
  }

  /// One that began to promise before anybody kept proofs, and rests on nobody, is found all the same.
  @Test func anActiveContractWithoutAProofIsFound() async throws {
    let world = try await AssuranceWorld()
    try await world.activate()
    _ = try await world.database.superuser.transaction { try await $0.query(ForgetProofs()) }
    #expect(try await world.open().isEmpty)
    try await world.sweep()
    #expect(try await world.open().first?.at("proof.outcome") == "unproven")
  }

  @Test func aContractMayHaveAPolicyOfItsOwn() async throws {
    let world = try await AssuranceWorld()
    try await world.call("proof_policy.set", ["policy": "required"], version: 1)
    #expect(try await world.call("contract_proof_policy.read", ["contract": world.contract.at("id")]).at("policy") == "required")
    try await world.call("contract_proof_policy.set", ["contract": world.contract.at("id"), "policy": "advised"], version: 1)
    try await world.activate()
    // A line that is added to it is under the same policy; one of a contract without a policy is not added.
    let overwriting = await world.refusal { try await world.call("contract_proof_policy.set", ["contract": world.contract.at("id")], version: 1) }
    #expect(overwriting?.code == "version.mismatch", "who has not seen what was set takes nothing back")
    try await world.call("contract_proof_policy.set", ["contract": world.contract.at("id")], version: 2)
    let refusal = await world.refusal {
      try await world.call("contract_line.add", ["contract": world.contract.at("id"), "name": "More", "sla": world.sla.at("id")])
    }
    #expect(refusal?.code == "assurance.not_backed")
    let created = await world.refusal {
      try await world.call(
        "contract.create",
        [
          "customer": .id(world.acme.publicId), "name": "Other", "currency": "EUR", "startsAt": "2026-03-02T00:00:00Z",
          "lines": .array([.object(["name": "Desk", "sla": world.sla.at("id")])]),
        ])
    }
    #expect(created?.code == "assurance.not_backed")
  }

  @Test func onlyThePresentProofCanBeAccepted() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let old = try await world.prove()
    let new = try await world.prove()
    await expectFailure(.conflict) { try await world.call("accepted_risk.record", ["proof": old.at("id"), "reason": "Late"]) }
    await expectFailure(.invalid) { try await world.call("accepted_risk.record", ["proof": new.at("id"), "gaps": .array([9]), "reason": "None"]) }
    await expectFailure(.invalid) {
      try await world.call("accepted_risk.record", ["proof": new.at("id"), "reason": "Past", "until": "2020-01-01T00:00:00Z"])
    }
    try await world.call("accepted_risk.record", ["proof": new.at("id"), "reason": "All"])
    let covered = try await world.prove()
    await expectFailure(.conflict) { try await world.call("accepted_risk.record", ["proof": covered.at("id"), "reason": "Again"]) }
  }
}

private struct ForgetProofs: Statement {
  static let sql = "delete from assurance.standing"
}

extension AssuranceWorld {
  func activate() async throws {
    let contract = try await call("contract.read", ["id": contract.at("id")])
    try await call("contract.change", ["id": contract.at("id"), "event": "activate"], version: contract.at("version"))
  }

  func refusal(_ body: () async throws -> some Any) async -> Failure? {
    do {
      _ = try await body()
      return nil
    } catch { return error as? Failure }
  }
}
