import Kernel
import Operations
import Tenancy

/// What the calls of requests' watchers, links and figures need.
extension CallRule {
  /// A request that was fulfilled, and of which an article is to be made.
  private static let candidateRequest = CallRule(given: { world, twin, principal in
    let (values, _) = try await requestToClose.given(world, twin, principal)
    try await world.seed("knowledge_candidate.mark_request", ["id": values["id"] ?? .null])
    return (values, nil)
  })

  static let requestCalls: [String: CallRule] = [
    "request.submit": CallRule(
      refused: { principal in
        principal.side == .staff ? [] : Set(["source"] + (principal.grants.contains { $0.scopeKind == .own } ? ["unit"] : []))
      },
      given: { world, twin, principal in
        var given: [String: Value] = [
          "offering": try await world.coveredOffering(twin), "published": 1, "answers": .object(["remark": world.name(twin)]), "source": "phone",
        ]
        if principal.grants.contains(where: { $0.scopeKind == .unit }) { given["unit"] = world.scopeUnit.id }
        return (given, nil)
      }),
    "knowledge_candidate.mark_request": requestToClose,
    "knowledge_candidate.decline_request": candidateRequest,
    "knowledge_candidate.draft_request": candidateRequest,
    // Who does not see all of the customer does not see everybody.
    "request.list": CallRule(omitted: ["requester", "attribute"]),
    "request.watch": CallRule(
      refused: { $0.side == .staff ? [] : ["person", "staff"] },
      given: { world, twin, principal in
        let request = try await world.seeded("req", in: twin).id
        guard principal.side == .staff else { return (["id": request], nil) }
        return (["id": request, "staff": try await world.reader(in: twin)], nil)
      }),
    "request.unwatch": CallRule(
      refused: { $0.side == .staff ? [] : ["person", "staff"] },
      given: { world, twin, principal in
        let request = try await world.seeded("req", in: twin).id
        guard principal.side == .staff else {
          _ = await world.answer("request.watch", .object(["id": request]), as: principal)
          return (["id": request], nil)
        }
        let (person, staff) = (try await world.seeded("per", in: twin).id, try await world.reader(in: twin))
        try await world.seed("request.watch", ["id": request, "person": person, "staff": staff])
        return (["id": request, "person": person, "staff": staff], nil)
      }),
    "request.uncite": CallRule(given: { world, twin, _ in
      let (request, article) = (try await world.seeded("req", in: twin).id, try await world.seeded("art", in: twin).id)
      try await world.seed("request.cite", ["id": request, "article": article, "use": "used"])
      return (["id": request, "article": article], nil)
    }),
    "request.unlink_incident": CallRule(given: { world, twin, _ in
      let (request, incident) = (try await world.seeded("req", in: twin).id, try await world.seeded("inc", in: twin).id)
      try await world.seed("request.link_incident", ["id": request, "kind": "caused_by", "incident": incident])
      return (["id": request, "kind": "caused_by", "incident": incident], nil)
    }),
    "request.reopen": CallRule(given: { world, twin, principal in
      let (values, version) = try await requestToClose.given(world, twin, principal)
      return (values.merging(["visibility": "public"]) { $1 }, version)
    }),
    "scorecard.request_promises": CallRule(given: { world, twin, _ in
      let (contract, line) = try await world.lineOfItsOwn(twin)
      return (["contract": contract, "line": line], nil)
    }),
  ]
}
