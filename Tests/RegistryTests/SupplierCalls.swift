import Kernel
import Operations

/// Calls of suppliers and what is agreed with them.
extension CallRule {
  /// It is for any supplier: no service.
  static let underpinningTemplate = CallRule(
    omitted: ["noticeDays"],
    given: { _, _, _ in (["targets": .array([.object(["metric": "resolution", "budgetSeconds": 3600])])], nil) })

  static let supplierCalls: [String: CallRule] = [
    "supplier.create": CallRule(given: { world, _, _ in (["code": .text("S\(world.next())")], nil) }),
    "certification.record": CallRule(given: { _, _, _ in (["expiresOn": "2027-01-01"], nil) }),
    "underpinning_contact.add": CallRule(given: { world, twin, _ in
      let contract = try await world.seeded("uc", in: twin)
      let contact = try await world.underpinningContact(of: contract.id)["contact"] ?? .null
      return (["underpinningContract": contract.id, "contact": contact], nil)
    }),
    "underpinning_template.create": underpinningTemplate,
    "underpinning_template.revise": underpinningTemplate,
    "underpinning_contract.create": CallRule(
      omitted: ["businessDays", "period", "countsFrom", "noticeDays"],
      given: { world, twin, _ in
        let service = try await world.seed("supplier_service.add", ["supplier": try await world.seeded("sup", in: twin).id, "name": "Own"])
        return (
          [
            "supplier": service["supplier"] ?? .null,
            "targets": .array([
              .object(["metric": "response", "priority": 1, "supplierPriority": "A", "service": service["id"] ?? .null, "budgetSeconds": 60]),
              .object(["metric": "availability", "objective": "99.9", "period": "month", "countsFrom": "partial"]),
            ]),
          ], nil
        )
      }),
    "underpinning_contract.revise": CallRule(
      omitted: ["noticeDays"],
      given: { world, twin, _ in
        let seeded = try await world.seeded("uc", in: twin)
        return (
          [
            "id": seeded.id, "event": "activate", "targets": .array([.object(["metric": "resolution", "budgetSeconds": 3600])]),
          ], seeded.version
        )
      }),
    "supplier_link.add": CallRule(given: { world, twin, _ in
      let contract = try await world.seeded("uc", in: twin)
      let supplier = try await world.seed("underpinning_contract.read", ["id": contract.id])["supplier"] ?? .null
      let service = try await world.seed("supplier_service.add", ["supplier": supplier, "name": "Linked"])
      return (["service": service["id"] ?? .null, "underpinningContract": contract.id], nil)
    }),
  ]
}
