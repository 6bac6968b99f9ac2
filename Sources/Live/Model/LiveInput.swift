import Desk
import Kernel
import Operations

/// What of the changes somebody wants to be told.
package struct LiveInput: OperationInput {
  package let customers: [PublicId]?
  package let incident: PublicId?

  private static let customersField = Field.list(
    "customers", of: Field.id("customer", .customer, "A customer.", "客户。"), count: 1...100,
    "Only of incidents of these customers; without it, of all that the caller may read.", "仅限这些客户的事件；省略则为调用者可查看的全部客户。"
  ).optional
  private static let incidentField = Field.id("incident", .incident, "Only of this incident.", "仅限此事件。").optional
  package static let fields: [any InputField] = [customersField, incidentField]

  package init(_ values: InputValues) throws(FieldError) {
    customers = try values[Self.customersField]
    incident = try values[Self.incidentField]
  }
}
