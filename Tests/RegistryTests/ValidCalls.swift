import Kernel
import Operations
import Tenancy

/// A call that succeeds.
struct ValidCall: Sendable {
  var input: Value
  var version: Int64?
}

/// Where the types of the fields do not say enough.
struct CallRule: Sendable {
  /// Fields that exclude others, at any depth.
  var omitted: Set<String> = []
  /// Fields that this caller may not give.
  var refused: @Sendable (Principal) -> Set<String> = { _ in [] }
  /// Values, and the version of what they name.
  var given: @Sendable (World, World.Twin, Principal) async throws -> (values: [String: Value], version: Int64?) = { _, _, _ in ([:], nil) }

  /// An incident that went through these acts.
  static func incident(_ acts: (name: String, input: [Value.Member])...) -> CallRule {
    let acts = acts.map { (name: $0.name, input: $0.input) }
    return CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("inc", in: twin)
      var version = seeded.version
      for act in acts {
        let answer = await world.answer(act.name, .object([Value.Member("id", seeded.id)] + act.input), as: world.database.root, version: version)
        if let failure = answer.failure { throw World.SeedFailure(description: "\(act.name): \(failure)") }
        version = answer.value?["version"]?.integer
      }
      return (["id": seeded.id], version)
    })
  }

  /// An incident that the caller answers for, and offers to a team.
  static func owned(offered: Bool) -> CallRule {
    CallRule(
      omitted: ["team"],
      given: { world, twin, principal in
        let seeded = try await world.seeded("inc", in: twin)
        let taken = await world.answer("incident.take", .object(["id": seeded.id]), as: principal, version: seeded.version)
        guard offered else {
          return (["id": seeded.id, "staff": try await world.reader(in: twin)], taken.value?["version"]?.integer)
        }
        let team = try await world.seeded("team", in: twin).id
        let given = await world.answer(
          "incident.offer", .object(["id": seeded.id, "team": team]), as: principal, version: taken.value?["version"]?.integer)
        return (["id": seeded.id], given.value?["version"]?.integer)
      })
  }

  /// A renewal on which this was decided.
  static func renewal(decided decision: String? = nil, _ values: [String: Value] = [:]) -> CallRule {
    CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("ren", in: twin)
      var version = seeded.version
      if let decision {
        let answer = await world.answer(
          "renewal.decide", .object(["id": seeded.id, "decision": .text(decision)]), as: world.database.root, version: version)
        version = answer.value?["version"]?.integer
      }
      return (values.merging(["id": seeded.id]) { first, _ in first }, version)
    })
  }

  /// What has a version that is yet to begin.
  static func future(_ kind: String, _ operation: String) -> CallRule {
    CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded(kind, in: twin)
      let changed = await world.answer(
        operation, .object(["id": seeded.id, "name": "Later", "validFrom": "2026-04-01T00:00:00Z"]), as: world.database.root, version: seeded.version)
      return (["id": seeded.id], changed.value?["version"]?.integer)
    })
  }

  /// Staff are people of the provider's own.
  static let providersPerson = CallRule(given: { world, _, _ in
    let provider = try await world.seed("identity.read", [:])["tenantId"] ?? .null
    return (["person": try await world.seed("person.add", ["customer": provider, "name": .text("Person \(world.next())")])["id"] ?? .null], nil)
  })

  /// A template's lines name an SLA that is for any customer.
  static let template = CallRule(
    omitted: ["noticeDays"],
    given: { world, twin, _ in
      let calendar = try await world.seed("calendar.create", ["name": world.name(twin), "definition": Samples.calendar])
      let target = Value.object(["metric": "response", "priority": 1, "budgetSeconds": 60, "calendar": calendar["id"] ?? .null])
      let sla = try await world.seed("sla.create", ["name": world.name(twin), "targets": .array([target])])
      return (["lines": .array([.object(["name": "Desk", "sla": sla["id"] ?? .null, "monthlyFee": "10"])])], nil)
    })

  /// The rule of an operation, or the plain one.
  static func of(_ operation: String) -> CallRule {
    [
      byOperation, problemCalls, changeCalls, gateCalls, supplierCalls, majorCalls, attributeCalls, dispatchCalls, scheduleCalls, requestCalls, eventCalls,
      queueCalls, impactCalls, assetCalls,
    ]
    .lazy.compactMap { $0[operation] }.first ?? CallRule()
  }

  static let byOperation: [String: CallRule] = [
    "contract.create": CallRule(omitted: ["noticeDays", "offering"]),
    "contract.withdraw": future("con", "contract.change"),
    "contract_line.withdraw": future("line", "contract_line.revise"),
    "contract_template.create": template,
    "contract_template.revise": template,
    "renewal.decide": renewal(),
    "renewal.snooze": renewal(["until": "2026-04-01"]),
    "renewal.complete": renewal(decided: "renew"),
    "calendar.create": CallRule(omitted: ["stock", "zone"]),
    "calendar.revise": CallRule(omitted: ["stock", "zone"]),
    "calendar.try": CallRule(omitted: ["definition", "stock", "zone", "businessDays"]),
    "holiday_set.create": holidays,
    "holiday_set.revise": holidays,
    "holiday_set.roll_out": CallRule(given: { world, twin, _ in
      let made = try await world.seeded("hol", in: twin)
      let calendar = try await world.seed(
        "calendar.create", ["name": world.name(twin), "definition": Samples.calendar, "holidaySets": .array([made.id]), "onlyFor": .text(twin.id)])
      let days: Value = .array([.object(["date": "2026-12-25"])])
      let revised = await world.answer("holiday_set.revise", .object(["id": made.id, "days": days]), as: world.database.root, version: made.version)
      return (["id": made.id, "calendars": .array([calendar["id"] ?? .null])], revised.value?["version"]?.integer)
    }),
    "sla.create": CallRule(given: { world, twin, _ in (["targets": try await world.targets(twin)], nil) }),
    "sla.revise": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("sla", in: twin)
      return (["id": seeded.id, "targets": try await world.targets(twin)], seeded.version)
    }),
    "sla.withdraw": CallRule(given: { world, twin, _ in
      let made = try await world.unusedSla(twin)
      let planned = Value.object(["id": made["id"] ?? .null, "targets": try await world.targets(twin), "validFrom": "2026-04-01T00:00:00Z"])
      let revised = await world.answer("sla.revise", planned, as: world.database.root, version: made["version"]?.integer)
      return (["id": made["id"] ?? .null], revised.value?["version"]?.integer)
    }),
    "sla.retire": CallRule(given: { world, twin, _ in
      let made = try await world.unusedSla(twin)
      return (["id": made["id"] ?? .null], made["version"]?.integer)
    }),
    "sla.restore": CallRule(given: { world, twin, _ in
      let made = try await world.unusedSla(twin)
      let retired = await world.answer("sla.retire", .object(["id": made["id"] ?? .null]), as: world.database.root, version: made["version"]?.integer)
      return (["id": made["id"] ?? .null], retired.value?["version"]?.integer)
    }),
    "sla.explain": CallRule(given: { world, _, _ in (["service": try await world.catalogueService()], nil) }),
    // A customer names what its lines sell, which here is nothing.
    "sla.resolve": CallRule(
      refused: { $0.side == .staff ? [] : ["service"] },
      given: { world, _, principal in (principal.side == .staff ? ["service": try await world.catalogueService()] : [:], nil) }),
    "ci_tier.set": CallRule(given: { world, _, _ in (["code": .text("tier-\(world.next())")], nil) }),
    "incident.classify": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("inc", in: twin)
      let shared = try await world.sharedCi(affecting: twin)
      return (["id": seeded.id, "service": try await world.catalogueService(), "sharedCis": .array([shared])], seeded.version)
    }),
    "incident.add_ci": CallRule(given: { world, twin, _ in (["sharedCi": try await world.sharedCi(affecting: twin)], nil) }),
    "incident.remove_ci": CallRule(given: { world, twin, _ in
      let (incident, ci, shared) = (
        try await world.seeded("inc", in: twin), try await world.seeded("ci", in: twin).id, try await world.sharedCi(affecting: twin)
      )
      let named = try await world.seed("incident.add_ci", ["id": incident.id, "ci": ci, "sharedCi": shared], version: incident.version)
      return (["id": incident.id, "ci": ci, "sharedCi": shared], named["version"]?.integer)
    }),
    "incident.unlink": CallRule(given: { world, twin, _ in
      let (one, other) = (try await world.seeded("inc", in: twin).id, try await world.seeded("inc", in: twin).id)
      try await world.seed("incident.link", ["id": one, "kind": "caused_by", "to": other])
      return (["id": one, "kind": "caused_by", "to": other], nil)
    }),
    "incident.watch": CallRule(
      refused: { $0.side == .staff ? [] : ["person", "staff"] },
      given: { world, twin, principal in
        let incident = try await world.seeded("inc", in: twin).id
        guard principal.side == .staff else { return (["id": incident], nil) }
        return (["id": incident, "staff": try await world.reader(in: twin)], nil)
      }),
    "incident.unwatch": CallRule(
      refused: { $0.side == .staff ? [] : ["person", "staff"] },
      given: { world, twin, principal in
        let incident = try await world.seeded("inc", in: twin).id
        guard principal.side == .staff else {
          _ = await world.answer("incident.watch", .object(["id": incident]), as: principal)
          return (["id": incident], nil)
        }
        let (person, staff) = (try await world.seeded("per", in: twin).id, try await world.reader(in: twin))
        try await world.seed("incident.watch", ["id": incident, "person": person, "staff": staff])
        return (["id": incident, "person": person, "staff": staff], nil)
      }),
    "incident.offer": owned(offered: false),
    "incident.assign": CallRule(
      omitted: answers,
      given: { world, twin, _ in
        let (incident, staff) = (try await world.seeded("inc", in: twin), try await world.seeded("stf", in: twin).id)
        try await world.seed("staff_grant.add", ["account": staff, "role": "engineer", "everyCustomer": .bool(true)])
        return (["id": incident.id, "assignee": staff], incident.version)
      }),
    "incident.accept_offer": owned(offered: true),
    "incident.return_offer": owned(offered: true),
    // Who does not see all of the customer sees the CIs that he answers for.
    "incident.list": CallRule(
      omitted: ["attribute", "requester", "affectedService"],
      refused: { principal in principal.grants.contains { [.unit, .own].contains($0.scopeKind) } ? ["ci"] : [] }),
    "incident.change": CallRule(given: { _, _, _ in (["source": "phone"], nil) }),
    "incident.hold": CallRule(given: { _, _, _ in (["reason": "awaiting_requester"], nil) }),
    // Only a category names a service, and only a pending reason says whose turn it is.
    "code.create": CallRule(omitted: ["service"], given: { _, _, _ in (["list": "pending_reason"], nil) }),
    "code.change": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("cod", in: twin)
      return (["id": seeded.id, "service": try await world.catalogueService()], seeded.version)
    }),
    "code.restore": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("cod", in: twin)
      let retired = try await world.seed("code.retire", ["id": seeded.id], version: seeded.version)
      return (["id": seeded.id], retired["version"]?.integer)
    }),
    "incident.unlock_targets": incident(("incident.lock_targets", [Value.Member("reason", "agreed")])),
    "contract.change": CallRule(
      omitted: ["noticeDays"],
      given: { world, twin, _ in
        let draft = try Seeded(try await world.contract(twin, state: "draft"))
        return (["id": draft.id, "event": "activate"], draft.version)
      }),
    "incident.open": CallRule(
      omitted: answers,
      refused: { principal in
        guard principal.side == .staff else {
          let isTenantWide = principal.grants.contains { $0.scopeKind == .tenant }
          return Set(
            ["openedAt", "respondedAt", "resolvedAt", "resolution", "closureCode", "ciTier", "service", "source", "sharedCis", "team"]
              + (isTenantWide ? [] : ["requester", "cis", "primaryCi", "relatesTo"])
              + (principal.grants.contains { $0.scopeKind == .own } ? ["unit"] : []))
        }
        let mayWork = principal.grants.contains { $0.permissions.contains("incident.work") }
        // What is resolved in the same call goes to no team.
        return mayWork ? ["team"] : ["team", "resolution", "closureCode", "respondedAt", "resolvedAt"]
      },
      given: { world, twin, principal in
        var given: [String: Value] = [:]
        if principal.side == .staff {
          given = [
            "service": try await world.catalogueService(), "source": "phone", "sharedCis": .array([try await world.sharedCi(affecting: twin)]),
          ]
        }
        if principal.grants.contains(where: { $0.scopeKind == .unit }) { given["unit"] = world.scopeUnit.id }
        return (given, nil)
      }),
    "incident.comment": CallRule(given: { _, _, _ in (["visibility": "public"], nil) }),
    "request.comment": CallRule(given: { _, _, _ in (["visibility": "public"], nil) }),
    "incident.resume": incident(("incident.hold", [Value.Member("reason", "scheduled"), Value.Member("evidence", "call 1")])).rightNow,
    "incident.close": incident(("incident.resolve", [Value.Member("resolution", "done")])).omitting(answers).byStaff(["closureCode"]),
    "incident.reopen": incident(("incident.resolve", [Value.Member("resolution", "done")])),
    "incident.accept": CallRule(given: { world, twin, _ in
      let (incident, team) = (try await world.seeded("inc", in: twin), try await world.seeded("team", in: twin))
      try await world.seed("incident.assign", ["id": incident.id, "team": team.id], version: incident.version)
      return (["id": incident.id, "at": .instant(world.database.clock.now())], nil)
    }),
    "dispatch.answer": CallRule(given: { world, _, _ in (["at": .instant(world.database.clock.now())], nil) }),
    "dispatch.escalate": CallRule(given: { world, _, _ in (["priority": 1, "at": .instant(world.database.clock.now())], nil) }),
    "dispatch.return": CallRule(given: { world, _, _ in (["at": .instant(world.database.clock.now())], nil) }),
    "incident.dispatch": CallRule(
      omitted: answers,
      given: { world, twin, _ in
        let incident = try await world.seeded("inc", in: twin)
        let service = try await world.seed("supplier_service.add", ["supplier": try await world.seeded("sup", in: twin).id, "name": "Dispatched"])
        let contract = try await world.activeUnderpinning(of: service["supplier"])
        return (["id": incident.id, "underpinningContract": contract, "service": service["id"] ?? .null], incident.version)
      }),
    "team_agreement.add": CallRule(given: { world, _, _ in (["ola": try await world.ola()], nil) }),
    "service_family.create": CallRule(given: { world, _, _ in (["code": .text("F\(world.next())")], nil) }),
    "service.create": CallRule(given: { world, _, _ in
      (["code": .text("V\(world.next())"), "stages": .object(["requirements": "2026-01-01", "operation": "2026-02-01"])], nil)
    }),
    "service.advance": CallRule(given: { _, _, _ in (["stage": "retirement", "on": "2026-03-01"], nil) }),
    "service.redate": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("svc", in: twin)
      return (["id": seeded.id, "stage": "operation", "on": "2026-02-01"], seeded.version)
    }),
    "service.unplan": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("svc", in: twin)
      let announced = try await world.seed(
        "service.advance", ["id": seeded.id, "stage": "retirement", "on": "2027-01-01"], version: seeded.version)
      return (["id": seeded.id, "stage": "retirement"], announced["version"]?.integer)
    }),
    "service.read": CallRule(given: { world, twin, _ in (["id": try await world.coveredService(twin)], nil) }),
    "service.release": CallRule(given: { world, twin, _ in
      let (service, needed) = (try await world.seeded("svc", in: twin), try await world.seeded("svc", in: twin))
      let answer = await world.answer(
        "service.depend", .object(["id": service.id, "needs": needed.id]), as: world.database.root, version: service.version)
      return (["id": service.id, "needs": needed.id], answer.value?["version"]?.integer)
    }),
    "offering.create": offeringContent(CallRule(given: { world, _, _ in (["code": .text("O\(world.next())")], nil) })),
    "offering.draft": offeringContent(CallRule()),
    "offering.publish": CallRule(given: { world, twin, _ in
      let draft = try Seeded(try await world.offering(published: false, twin))
      return (["id": draft.id], draft.version)
    }),
    "offering.read": CallRule(given: { world, twin, _ in (["id": try await world.coveredOffering(twin)], nil) }),
    "request.begin": requestToBegin,
    "request.queue": CallRule(omitted: ["attribute"], given: { _, _, _ in (["offered": .bool(false), "myTeams": .bool(false)], nil) }),
    "request.offer": owned("request", offered: false) { try await $0.seeded("req", in: $1) },
    "request.accept_offer": owned("request", offered: true) { try await $0.seeded("req", in: $1) },
    "request.return_offer": owned("request", offered: true) { try await $0.seeded("req", in: $1) },
    "request.close": requestToClose,
    "approval.approve": approval,
    "approval.reject": approval,
    "approval.delegate": delegation,
    "approval.reassign": reassignment,
    "task.retry": failedTask,
    "access_review.open": reviewToOpen,
    "access_review.decide": reviewToDecide,
    // Of nothing: what is told names codes and the revision, which differ from call to call. CatalogTests apply a whole one.
    "catalogue.apply": CallRule(omitted: ["revision"], given: { _, _, _ in (["families": .array([])], nil) }),
    "contract_line.add": CallRule(omitted: ["offering", "draft"]),
    "contract_line.activate": CallRule(given: { world, twin, _ in
      let (contract, sla) = (try await world.seeded("con", in: twin), try await world.seeded("sla", in: twin))
      let line = try await world.seed(
        "contract_line.add", ["contract": contract.id, "name": world.name(twin), "sla": sla.id, "draft": .bool(true)])
      return (["id": line["id"] ?? .null], line["version"]?.integer)
    }),
    "contract_line.revise": CallRule(omitted: ["offering"]),
    "outage.record": CallRule(given: { _, _, _ in (["startsAt": "2026-02-01T00:00:00Z", "endsAt": "2026-02-01T01:00:00Z"], nil) }),
    "outage.change": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("out", in: twin)
      return (["id": seeded.id, "startsAt": "2026-02-01T00:00:00Z", "endsAt": "2026-02-01T01:00:00Z"], seeded.version)
    }),
    "outage.import": CallRule(given: { _, _, _ in
      (
        [
          "createServices": .bool(true),
          "outages": .array([.object(["service": "API", "severity": "major", "startsAt": "2026-02-01T00:00:00Z"])]),
        ], nil
      )
    }),
    "availability.read": CallRule(given: { _, _, _ in (["period": "2026-01"], nil) }),
    "measurement.record": CallRule(given: { world, twin, _ in
      (
        [
          "line": try await world.measuredLine(twin), "measure": "backup_success", "service": try await world.catalogueService(),
          "from": "2026-01-10T00:00:00Z", "to": "2026-01-11T00:00:00Z", "numerator": 9, "denominator": 10,
        ], nil
      )
    }),
    "measurement.correct": CallRule(given: { _, _, _ in (["numerator": 9, "denominator": 10], nil) }),
    "measurement.judge": CallRule(given: { world, twin, _ in (["line": try await world.measuredLine(twin), "period": "2026-01"], nil) }),
    "supplier_entry.record": CallRule(given: { world, twin, _ in
      let contract = try await world.seeded("uc", in: twin)
      let supplier = try await world.seed("underpinning_contract.read", ["id": contract.id])["supplier"] ?? .null
      let service = try await world.seed("supplier_service.add", ["supplier": supplier, "name": "Paid"])
      return (["supplier": supplier, "underpinningContract": contract.id, "service": service["id"] ?? .null, "period": "2026-01"], nil)
    }),
    "appraisal_scheme.create": CallRule(given: { _, _, _ in (["terms": Samples.appraisalTerms], nil) }),
    "appraisal_scheme.revise": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("aps", in: twin)
      return (["id": seeded.id, "terms": Samples.appraisalTerms], seeded.version)
    }),
    "appraisal.open": CallRule(given: { _, _, _ in (["period": "2026-01"], nil) }),
    "appraisal.compare": CallRule(given: { _, _, _ in (["period": "2026-01"], nil) }),
    "appraisal.assess": CallRule(omitted: ["notApplicable"], given: { _, _, _ in (["criterion": "assessed"], nil) }),
    "appraisal.close": CallRule(given: { _, _, _ in (["dueOn": "2026-04-01"], nil) }),
    "appraisal.restate": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("apr", in: twin)
      let closed = await world.answer("appraisal.close", .object(["id": seeded.id]), as: world.database.root, version: seeded.version)
      return (["id": seeded.id], closed.value?["version"]?.integer)
    }),
    "appraisal_action.change": CallRule(given: { _, _, _ in (["dueOn": "2026-04-01"], nil) }),
    "credit.queue": CallRule(given: { _, _, _ in (["period": "2026-01"], nil) }),
    "credit.totals": CallRule(given: { _, _, _ in (["period": "2026-01"], nil) }),
    "renewal.rate": CallRule(given: { _, _, _ in (["decisionFrom": "2026-01-01", "decisionBefore": "2027-01-01"], nil) }),
    "calendar.withdraw": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("cal", in: twin)
      let changed = await world.answer(
        "calendar.revise", .object(["id": seeded.id, "definition": Samples.calendar, "validFrom": "2026-04-01T00:00:00Z"]), as: world.database.root,
        version: seeded.version)
      return (["id": seeded.id], changed.value?["version"]?.integer)
    }),
    "staff.create": providersPerson,
    "staff.set_person": providersPerson,
    "line_credit.detach": CallRule(given: { world, twin, _ in
      let (line, schedule) = try await world.creditableLine(twin)
      return (["line": line, "schedule": schedule], nil)
    }),
    "credit.propose": CallRule(given: { world, twin, _ in
      let (line, schedule) = try await world.creditableLine(twin)
      return (["line": line, "schedule": schedule, "period": "2026-01", "claimedOn": "2026-02-01"], nil)
    }),
    "proof.run": CallRule(given: { world, twin, _ in
      let (contract, line) = try await world.lineOfItsOwn(twin)
      return (["contract": contract, "line": line], nil)
    }),
    "ci_type.create": CallRule(given: { world, _, _ in (["code": .text("type_\(world.next())"), "attributes": ciAttributes], nil) }),
    "ci_type.revise": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("cit", in: twin)
      return (["id": seeded.id, "attributes": ciAttributes], seeded.version)
    }),
    "ci_type.restore": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("cit", in: twin)
      let retired = try await world.seed("ci_type.retire", ["id": seeded.id], version: seeded.version)
      return (["id": seeded.id], retired["version"]?.integer)
    }),
    "ci.create": CallRule(given: { world, _, _ in
      (["type": "server", "service": try await world.catalogueService(), "attributes": .object(["cpu_cores": 4, "memory_gib": "1.5"])], nil)
    }),
    "ci.change": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("ci", in: twin)
      return (
        ["id": seeded.id, "service": try await world.catalogueService(), "attributes": .object(["is_virtual": .bool(true), "os": .null])],
        seeded.version
      )
    }),
    "ci.list": CallRule(given: { _, _, _ in (["type": "server", "state": "in_use"], nil) }),
    "ci.transition": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("ci", in: twin)
      return (["id": seeded.id, "state": "under_maintenance"], seeded.version)
    }),
    "ci.unrelate": CallRule(given: { world, twin, _ in
      let (one, other) = (try await world.seeded("ci", in: twin), try await world.seeded("ci", in: twin))
      let related = try await world.seed("ci.relate", ["id": one.id, "kind": "uses", "to": other.id], version: one.version)
      return (["id": one.id, "kind": "uses", "to": other.id], related["version"]?.integer)
    }),
    "ci.import": CallRule(given: { world, twin, _ in
      let line = Value.object(["line": 2, "type": "server", "name": world.name(twin), "attributes": .object(["cpu_cores": "8"])])
      return (["match": "name", "lines": .array([line])], nil)
    }),
    "shared_ci.affect": CallRule(given: { world, _, _ in (["id": try await world.sharedCi().id], nil) }),
    "shared_ci.release": CallRule(given: { world, twin, _ in
      let shared = try await world.sharedCi()
      try await world.seed("shared_ci.affect", ["id": shared.id, "customer": .text(twin.id)])
      return (["id": shared.id, "customer": .text(twin.id)], nil)
    }),
    "article.contributions": CallRule(given: { _, _, _ in (["from": "2026-03-01", "before": "2026-04-01"], nil) }),
    "article.create": CallRule(omitted: ["symptom", "cause", "workaround"]),
    "article.change": article(omitted: ["symptom", "cause", "workaround"]),
    "article.submit": article(),
    "article.send_back": article("article.submit"),
    "article.publish": article("article.submit"),
    "article.bypass": article(),
    "article.discard": article("article.bypass", "article.revise"),
    "incident.uncite": CallRule(given: { world, twin, _ in
      let (incident, article) = (try await world.seeded("inc", in: twin), try await world.seeded("art", in: twin))
      try await world.seed("incident.cite", ["id": incident.id, "article": article.id, "use": "used"])
      return (["id": incident.id, "article": article.id], nil)
    }),
    "knowledge_candidate.mark": incident(("incident.resolve", [Value.Member("resolution", "done")])),
    "knowledge_candidate.decline": incident(("incident.resolve", [Value.Member("resolution", "done")]), ("knowledge_candidate.mark", [])),
    "knowledge_candidate.draft": incident(("incident.resolve", [Value.Member("resolution", "done")]), ("knowledge_candidate.mark", [])),
    "problem_candidate.mark": incident(("incident.resolve", [Value.Member("resolution", "done")])),
    "problem_candidate.decline": incident(
      ("incident.resolve", [Value.Member("resolution", "done")]), ("problem_candidate.mark", [Value.Member("reason", "Again")])),
    "problem_candidate.read": incident(
      ("incident.resolve", [Value.Member("resolution", "done")]), ("problem_candidate.mark", [Value.Member("reason", "Again")])),
    "accepted_risk.record": CallRule(given: { _, _, _ in (["until": Samples.later], nil) }),
    "sla.backtest": CallRule(
      omitted: ["targets", "until", "creditTerms"],
      given: { world, twin, _ in
        let terms: Value = .object([
          "measure": "resolution", "period": "month", "bands": .array([.object(["below": "95", "percent": "10"])]),
        ])
        let schedule = try await world.seed("credit_schedule.create", ["name": world.name(twin), "terms": terms])
        return (["creditSchedule": schedule["id"] ?? .null], nil)
      }),
    "sla.backtest_tickets": CallRule(omitted: ["targets", "until"]),
    "attachment.add": AttachmentCalls.add,
    "attachment.list": AttachmentCalls.list,
    "attachment_storage.limit": AttachmentCalls.limit,
    "event_source.create": EventCalls.create,
    "event_source.change": EventCalls.change,
    "event_source.deliver": EventCalls.deliver,
    // A label makes a rule, which is for who manages sources.
    "event.assign": CallRule(omitted: ["label"]),
    "notification_rule.create": NotificationCalls.create,
    "notification_rule.change": NotificationCalls.change,
    "escalation_rule.create": EscalationCalls.create,
    "escalation_rule.change": EscalationCalls.change,
    "handbook.create": HandbookCalls.create,
    "handbook.publish": HandbookCalls.publish,
    "webhook.create": NotificationCalls.webhook,
    "webhook.change": NotificationCalls.changedWebhook,
    "notification_template.set": NotificationCalls.template,
    "notification_template.reset": NotificationCalls.reset,
    "notification.mark_read": NotificationCalls.read,
    "notification.hold": NotificationCalls.switched(false),
    "notification.release": NotificationCalls.switched(true),
    "time_code.create": TimeCalls.code,
    "time_code.restore": TimeCalls.retiredCode,
    "time_entry.add": TimeCalls.add,
    "time_entry.change": TimeCalls.change,
    "time_entry.delete": TimeCalls.ownDraft,
    "time_entry.drop": TimeCalls.anyDraft,
    "time_source.release": TimeCalls.bill,
    "time_entry.submit": TimeCalls.ownDraft,
    "time_entry.read": TimeCalls.ownDraft,
    "time_entry.explain": TimeCalls.ownDraft,
    "time_entry.approve": TimeCalls.submitted,
    "time_entry.return": TimeCalls.submitted,
    "time_entry.correct": TimeCalls.correct,
    "time_entry.list": TimeCalls.list,
    "time_entry.totals": TimeCalls.totals,
    "timer.start": TimeCalls.startTimer,
    "timer.stop": TimeCalls.stopTimer,
    "timer.discard": TimeCalls.runningTimer,
    "time_month.close": CallRule(given: { _, _, _ in (["month": "2026-01"], nil) }),
    "staff_grant.add": CallRule(omitted: ["everyCustomer"], given: { _, _, _ in (["role": "engineer"], nil) }),
    "staff_grant.revoke": CallRule(given: { world, twin, _ in
      let staff = try await world.seeded("stf", in: twin)
      let grant = try await world.seed("staff_grant.add", ["account": staff.id, "role": "engineer", "customers": .array([.text(twin.id)])])
      return (["id": grant["id"] ?? .null], nil)
    }),
    "account_grant.add": CallRule(given: { _, _, _ in (["role": "requester", "scope": "unit"], nil) }),
    "token.create": CallRule(
      omitted: ["staff", "account"],
      given: { _, _, principal in
        (["permissions": .array(principal.grants.flatMap(\.permissions).sorted().prefix(1).map { .text($0) })], nil)
      }),
    "certificate.add": CallRule(
      omitted: ["staff", "account"],
      given: { world, _, principal in
        (["permissions": .array(principal.grants.flatMap(\.permissions).sorted().prefix(1).map { .text($0) })], nil)
      }),
    "token.list": CallRule(omitted: ["staff", "account"]),
    "token.revoke": CallRule(given: { world, _, principal in
      let made = await world.answer("token.create", .object(["name": "own", "expiresAt": Samples.later]), as: principal)
      return (["id": made.value?["id"] ?? .null], nil)
    }),
  ]

  /// An article about the twin on which these acts were done.
  static func article(_ acts: String..., omitted: Set<String> = []) -> CallRule {
    CallRule(
      omitted: omitted,
      given: { world, twin, _ in
        let seeded = try await world.article(twin, acts)
        return (["id": seeded.id], seeded.version)
      })
  }

  /// What of an offering's content the types do not say.
  static func offeringContent(_ rule: CallRule) -> CallRule {
    CallRule(given: { world, twin, principal in
      var (values, version) = try await rule.given(world, twin, principal)
      let team = try await world.seed("team.create", ["name": world.name(twin)])
      let given: [String: Value] = [
        "targets": .array([.object(["metric": "response", "priority": 1, "budgetSeconds": 60, "objective": "95", "note": Samples.localName])]),
        "form": .array([
          .object(["key": "kind", "label": Samples.localName, "type": "choice", "choices": .array([.object(["value": "a", "name": Samples.localName])])]),
          .object([
            "key": "remark", "label": Samples.localName, "type": "text", "most": 20, "shownWhen": .object(["field": "kind", "equals": "a"]),
          ]),
        ]),
        "approval": .object(["rule": "any", "roles": .array([Samples.localName]), "above": "10", "currency": "EUR"]),
        "prices": .array([.object(["name": Samples.localName, "amount": "12.50", "currency": "EUR", "per": "once", "unit": Samples.localName])]),
        "access": .object(["action": "grant", "resource": "erp"]),
        "tasks": .array([.object(["name": Samples.localName, "step": 1, "team": team["name"] ?? .null])]),
      ]
      values.merge(given) { own, _ in own }
      return (values, version)
    })
  }

  /// An attribute of each shape.
  static let ciAttributes = Value.array([
    .object(["key": "size", "label": Samples.localName, "type": "integer", "required": .bool(false), "least": "1", "most": "9"]),
    .object(["key": "mark", "label": Samples.localName, "type": "text", "pattern": "@@-##"]),
    .object(["key": "kind", "label": Samples.localName, "type": "choice", "choices": .array([.object(["value": "a", "name": Samples.localName])])]),
  ])

  /// Days with hours, or a file: never both.
  static let holidays = CallRule(
    omitted: ["ics", "firstYear", "lastYear", "skip"],
    given: { _, _, _ in
      (["days": .array([.object(["date": "2026-12-24", "name": .object(["en": "Christmas Eve", "zh-Hans": "平安夜"]), "closedFrom": "12:00"])])], nil)
    })

  /// Values that a field of this name takes everywhere.
  static func usual(_ name: String, _ world: World) -> Value? {
    switch name {
    case "zone": "Europe/Berlin"
    case "ciTier": "gold"
    case "currency": "EUR"
    case "category": "network/vpn"
    // Of an act on a ticket: it tells none.
    case "attributes": .object([])
    case "nature": "fault"
    case "closureCode": "solved"
    case "key": .text("key-\(world.next())")
    case "definition": Samples.calendar
    case "terms": Samples.creditTerms
    case "code": .text("C\(world.next())")
    case "fingerprint": .text(String(String(repeating: "0", count: 64) + String(world.next(), radix: 16)).suffix(64).description)
    case "login", "email": world.login()
    case "password", "new": .text(Samples.password)
    case "startsAt": "2026-01-01T00:00:00Z"
    case "endsAt": "2027-01-01T00:00:00Z"
    case "openedBefore": "2026-04-01T00:00:00Z"
    case "validFrom", "expiresAt": Samples.later
    default: nil
    }
  }
}
