import Kernel
import Operations

/// The field of whom a problem or a change is for.
package enum NamedRequesterFields {
  package static let requester = Field.id(
    "requester", .person, "The person that it is for: of a customer whom it concerns, or of the provider.", "请求人：所涉及客户或服务商的人员。")

  package static func told<Record>(_ of: @escaping @Sendable (Record) -> PublicId?) -> OutputField<Record> {
    OutputField(
      "requester", .id, "The person that it is for; null: nobody is named, or one of a customer whom the caller does not serve.",
      "请求人；未指定或属于调用者不服务的客户时为 null。"
    ) { .id(of($0)) }
  }
}

extension OperationContext {
  /// Whom something of the provider's is for after a call that names somebody of the bound tenant, or nobody any more.
  /// - Parameter customers: those whom it concerns.
  package func requester(_ told: Change<PublicId>, after before: NamedRequester?, of customers: [TenantId]) async throws -> NamedRequester? {
    guard case .set(let id) = told else { return told.isKeep ? before : nil }
    guard let found = try await transaction.first(PersonForTicket(tenant: tenant.id, publicId: id.random, id: nil)) else {
      throw unknownReference("requester")
    }
    let named = NamedRequester(tenant: tenant.id, id: found.person.id, publicId: id)
    // Who is named already stays so, whomever it concerns by now, and though he has left.
    if named == before { return before }
    guard tenant.id == provider.id || customers.contains(tenant.id) else { throw Failure.invalid("requester", DeskMessages.requesterNotConcerned) }
    guard !found.hasLeft else { throw Failure.invalid("requester", AccountMessages.personLeft) }
    return named
  }

  /// Whom something is for, as far as the caller may know: the people of a customer are for who serves him.
  package func shown(_ requester: NamedRequester?) -> PublicId? {
    guard let requester, requester.tenant == provider.id || access.reaches(requester.tenant) else { return nil }
    return requester.publicId
  }
}
