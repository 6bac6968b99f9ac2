import Contracts
import Kernel
import Operations

/// The service that a ticket of a category is about.
struct CategoryService: Sendable {
  /// The category that names it: the ticket's own, or the nearest above that names one.
  let key: String
  let service: Ticket.Service
}

extension TicketWork {
  /// After the category was changed: the service is that of the new one, unless a person named it or a CI gives it.
  mutating func takeServiceOfCategory() async throws {
    guard ticket.service == nil || ticket.serviceCategory != nil else { return }
    let found = try await context.service(ofCategory: ticket.category, at: ticket.openedAt)
    (ticket.service, ticket.serviceCategory) = (found?.service, found?.key)
  }
}

extension OperationContext {
  /// What a ticket of a category is about, if a line of the customer's sells that at an instant; of several categories of a branch that
  /// name a service the nearest one's counts, sold or not.
  func service(ofCategory category: String?, at instant: Instant) async throws -> CategoryService? {
    guard let category else { return nil }
    return try await sold(try await transaction.first(ServiceOfCategory(category: category)), at: instant)
  }

  /// The same of one that is looked up.
  func sold(_ found: ServiceOfCategory.Found?, at instant: Instant) async throws -> CategoryService? {
    guard let found, let code = found.code else { return nil }
    let service = try await transaction.first(ServiceOfTicket(tenant: tenant.id, code: code, onlySold: true, at: instant))
    return service.map { CategoryService(key: found.key, service: Ticket.Service(id: $0, code: code)) }
  }

  /// For the history: what the service comes from, which is a CI, or a category as `category:network/vpn`.
  func serviceFrom(_ ticket: Ticket, _ cis: TicketCis? = nil) -> Value {
    if let giving = cis?.named.first(where: \.gaveService) { return .id(id(of: giving.key)) }
    return .text(ticket.serviceCategory.map { "category:\($0)" })
  }
}
