import Kernel

/// The platform's own operations: customers, their units and people, accounts, rights, tokens, audit, jobs.
package enum PlatformModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    OpenSession.self, CompleteSetup.self, ReadIdentity.self,
    CreateCustomer.self, ReadCustomer.self, ListCustomers.self, ChangeCustomer.self,
    AddUnit.self, ListUnits.self, AddPerson.self, ListPersons.self,
  ]

  package static let messages = AccountMessages.all

  package static let constraints: [String: Message] = [
    "tenant_code_unique": AccountMessages.codeTaken,
    "account_login_unique": AccountMessages.loginTaken,
    "person_email_unique": AccountMessages.personEmailTaken,
    "org_unit_name_unique": AccountMessages.unitNameTaken,
  ]
}
